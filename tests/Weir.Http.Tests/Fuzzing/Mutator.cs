using System.Text;

namespace Weir.Http.Tests.Fuzzing;

/// <summary>Makes new inputs of known ones: the same seed gives the same inputs.</summary>
internal sealed class Mutator
{
    private const int LargestInput = 4096;

    private static readonly byte[][] _fragments =
    [
        .. new[]
        {
            "\r\n", "\n", "\r", "\r\n\r\n", "\0", " ", "\t", ":", ": ", ",", ";", "\"", "\\", "=", "_", "-", "+", "0", "1", "\u007f", "\u0080", "\u00ff", "\u000b",
            "GET ", "POST ", "OPTIONS ", "CONNECT ", "TRACE ", "HEAD ", " HTTP/1.1", " HTTP/1.0", " HTTP/1.2", " HTTP/2.0", "HTTP/1.1 ", "200", "204", "304", "100",
            "Host: b\r\n", "Host:\r\n", "Content-Length: 5\r\n", "Content-Length: 0\r\n", "Content-Length: 5, 5\r\n", "Content-Length: 6\r\n", "Content-Length: 99999999999999999999\r\n",
            "Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip, chunked\r\n", "Transfer-Encoding: chunked, chunked\r\n", "transfer-encoding:\tchunked \r\n",
            "Transfer-Encoding : chunked\r\n", "Transfer_Encoding: chunked\r\n", "Content_Length: 5\r\n", "X_Forwarded_For: 1\r\n", "X: 1\r\n", " X: 1\r\n", "X: 1\r\n 2\r\n",
            "Connection: close\r\n", "Connection: keep-alive\r\n", "Connection: upgrade\r\n", "Connection: X, TE\r\n", "Upgrade: websocket\r\n", "TE: trailers\r\n", "Expect: 100-continue\r\n",
            "Expect: x\r\n", "Keep-Alive: timeout=5\r\n", "Upgrade-Insecure-Requests: 1\r\n", "Access-Control-Request-Headers: x_y\r\n",
            "/", "//", "/./", "/../", "/..", "%2e", "%2E%2e", "%2f", "%5c", "%00", "%41", "%e4", "%zz", "%", "?", "#", "*", "@", "[", "]", "[::1]", ":80", ":0", ":99999", ".", "..", "|", "{",
            "http://", "https://", "http://b", "http://u@b/", "://", "b.example", "chunked", "identity", "0x", "5\r\nhello\r\n", "0\r\n", "0\r\n\r\n", "a;b=c", "\"q\\\"q\"", "ffffffffffffffff",
        }.Select(Encoding.Latin1.GetBytes),
    ];

    private readonly Random _random;
    private readonly byte[][] _corpus;

    public Mutator(int seed, byte[][] corpus)
    {
        _random = new Random(seed);
        _corpus = corpus;
    }

    /// <summary>A number for the caller's own choices, drawn from the same seed.</summary>
    public int Next(int bound) => _random.Next(bound);

    /// <summary>The next input.</summary>
    public byte[] NextInput()
    {
        List<byte> input = [.. _corpus[_random.Next(_corpus.Length)]];
        int changes = _random.Next(1, 5);
        for (int i = 0; i < changes; i++)
        {
            Change(input);
        }

        return [.. input.Take(LargestInput)];
    }

    private void Change(List<byte> input)
    {
        int at = _random.Next(input.Count + 1);
        int length = Math.Min(_random.Next(1, 12), input.Count - at);
        switch (_random.Next(9))
        {
            case 0 or 1 or 2:
                input.InsertRange(at, _fragments[_random.Next(_fragments.Length)]);
                break;
            case 3:
                input.RemoveRange(at, length);
                break;
            case 4 when at < input.Count:
                input[at] = (byte)_random.Next(256);
                break;
            case 5 when at < input.Count:
                input[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 6:
                input.InsertRange(_random.Next(input.Count + 1), input.GetRange(at, length));
                break;
            case 7:
                byte[] fragment = _fragments[_random.Next(_fragments.Length)];
                input.RemoveRange(at, length);
                input.InsertRange(at, fragment);
                break;
            default:
                byte[] other = _corpus[_random.Next(_corpus.Length)];
                int from = _random.Next(other.Length);
                input.InsertRange(at, other[from..Math.Min(other.Length, from + _random.Next(1, 60))]);
                break;
        }
    }
}
