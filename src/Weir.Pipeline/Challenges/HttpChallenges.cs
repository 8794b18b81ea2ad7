// Hot: where certificates are got by ACME, each request asks whether it is an issuer's.
using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.Challenges;

/// <summary>
/// Answers issuers that look for a proof by HTTP-01 (RFC 8555 section 8.3), before redirects, stacks and routes. A token that nobody knows
/// belongs to the site: another ACME client may sit behind it. Written by any thread, read by all loops.
/// </summary>
public sealed class HttpChallenges
{
    // RFC 8555 section 8.3: at least 128 bits in base64url; nobody sends more than a line of it.
    private const int MostTokenOctets = 256;
    private const int MostLookups = 16;

    private static readonly byte[] _contentType = "application/octet-stream"u8.ToArray();

    private readonly ConcurrentDictionary<string, PinnedBody> _answers = new(StringComparer.Ordinal);
    private int _lookups;

    /// <summary>
    /// Looks elsewhere for a token's answer, such as where another process of the same machine has put it; null: nowhere. Not on loops.
    /// </summary>
    public Func<string, Task<string?>>? Elsewhere { get; init; }

    /// <summary>Answers a token from now on.</summary>
    public void Add(string token, string answer) => _answers[token] = new PinnedBody(Encoding.ASCII.GetBytes(answer));

    /// <summary>Answers a token no more.</summary>
    public void Remove(string token) => _answers.TryRemove(token, out _);

    /// <summary>Whether a request may be an issuer's.</summary>
    public static bool IsAsked(Exchange exchange) =>
        exchange.Request.Path.StartsWith(Prefix) && exchange.Request.Method is RequestMethod.Get or RequestMethod.Head;

    /// <summary>Answers a request whose token is known. False: it is the site's.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<bool> TryAnswerAsync(Exchange exchange)
    {
        ReadOnlySpan<byte> path = exchange.Request.Path[Prefix.Length..];
        if (exchange.IsHypothetical || !IsToken(path))
        {
            return false;
        }

        string token = Encoding.ASCII.GetString(path);
        if (!_answers.TryGetValue(token, out PinnedBody? answer))
        {
            if (Elsewhere is null || _lookups >= MostLookups || await LookAsync(token) is not { } text)
            {
                return false;
            }

            answer = new PinnedBody(Encoding.ASCII.GetBytes(text));
        }

        exchange.Answer(200, _contentType, answer);
        exchange.AnsweredBy = "acme";
        return true;
    }

    private static ReadOnlySpan<byte> Prefix => "/.well-known/acme-challenge/"u8;

    private static bool IsToken(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text.Length > MostTokenOctets)
        {
            return false;
        }

        foreach (byte letter in text)
        {
            if (!char.IsAsciiLetterOrDigit((char)letter) && letter is not ((byte)'-' or (byte)'_'))
            {
                return false;
            }
        }

        return true;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<string?> LookAsync(string token)
    {
        Interlocked.Increment(ref _lookups);
        try
        {
            return await Elsewhere!(token);
        }
        finally
        {
            Interlocked.Decrement(ref _lookups);
        }
    }
}
