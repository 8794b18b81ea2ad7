using System.Text;
using Weir.Abstractions.Exchanges;

namespace Weir.Explaining;

/// <summary>
/// A request that is only asked about. The head is made octet by octet as written: nothing is tidied up before Weir sees it.
/// </summary>
public sealed record AskedRequest
{
    private const string Https = "https://";
    private const string Http = "http://";

    /// <summary>The method as written.</summary>
    public required string Method { get; init; }

    /// <summary>http://HOST[:PORT]/PATH, or the path alone with a Host among the fields.</summary>
    public required string Url { get; init; }

    /// <summary>Field lines: "Name: value".</summary>
    public IReadOnlyList<string> Fields { get; init; } = [];

    /// <summary>The client's address.</summary>
    public IpAddress Client { get; init; } = IpAddress.FromIPv4(0x7F000001);

    /// <summary>Whether the client speaks TLS.</summary>
    public bool IsHttps => Url.StartsWith(Https, StringComparison.OrdinalIgnoreCase);

    /// <summary>HOST[:PORT] of the URL; empty where it is a path alone.</summary>
    public string Authority => Rest.StartsWith('/') ? "" : Rest[..AuthorityLength];

    /// <summary>The port that the URL names or implies.</summary>
    public int Port =>
        int.TryParse(Authority[(Authority.LastIndexOf(':') + 1)..], out int port) && Authority.Contains(':', StringComparison.Ordinal)
        ? port
        : IsHttps ? 443 : 80;

    private string Rest => IsHttps ? Url[Https.Length..]
        : Url.StartsWith(Http, StringComparison.OrdinalIgnoreCase) ? Url[Http.Length..]
        : Url;

    private int AuthorityLength => Rest.AsSpan().IndexOfAny('/', '?', '#') is >= 0 and int end ? end : Rest.Length;

    /// <summary>The head as a client would send it.</summary>
    public byte[] ToHead()
    {
        string target = Authority.Length == 0 ? Rest : Rest[AuthorityLength..];
        StringBuilder head = new();
        head.Append(Method).Append(' ').Append(target.StartsWith('/') || target == "*" ? "" : "/").Append(target).Append(" HTTP/1.1\r\n");
        bool hasHost = Fields.Any(field => field.StartsWith("Host:", StringComparison.OrdinalIgnoreCase));
        if (!hasHost && Authority.Length > 0)
        {
            head.Append("Host: ").Append(Authority).Append("\r\n");
        }

        foreach (string field in Fields)
        {
            head.Append(field).Append("\r\n");
        }

        return Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());
    }
}
