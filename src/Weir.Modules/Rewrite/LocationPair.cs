// Hot: compared for each redirect of an origin.
using System.Text;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Templates;

namespace Weir.Modules.Rewrite;

/// <summary>The beginning of URLs in responses, and what stands for it.</summary>
internal sealed class LocationPair
{
    private readonly byte[] _from;
    private readonly int _caselessOctets;

    private LocationPair(string from, Template to)
    {
        _from = Encoding.ASCII.GetBytes(from);
        int authority = from.IndexOf("://", StringComparison.Ordinal);
        int path = authority < 0 ? 0 : from.IndexOf('/', authority + 3);
        _caselessOctets = path < 0 ? from.Length : path;
        To = to;
    }

    /// <summary>What stands for the beginning.</summary>
    public Template To { get; }

    /// <summary>Octets of the beginning.</summary>
    public int Length => _from.Length;

    /// <summary>Compiles a pair; null after an error was reported.</summary>
    public static LocationPair? Parse(ModuleBuilder builder, string option, LocationOptions options)
    {
        bool isPath = options.From.StartsWith('/') && !options.From.StartsWith("//", StringComparison.Ordinal);
        bool isUrl = Uri.TryCreate(options.From, UriKind.Absolute, out Uri? url) && url is { Scheme: "http" or "https", UserInfo: "" };
        if (!Ascii.IsValid(options.From) || options.From.AsSpan().ContainsAny("?# ") || !(isPath || isUrl))
        {
            builder.Error(
                option + ".from",
                $"\"{options.From}\" is not the beginning of a URL.",
                "Write a path, or http://host:port/path, without query.");
            return null;
        }

        Template? to = builder.ParseTemplate(option + ".to", options.To, TemplateContext.Url);
        if (to is null)
        {
            return null;
        }

        // "https://example.com" in place of "http://10.0.0.1/" would make the next segment a part of the host.
        if (options.From.EndsWith('/') != options.To.EndsWith('/') || options.To.AsSpan().ContainsAny("?#"))
        {
            builder.Error(
                option,
                $"\"{options.From}\" and \"{options.To}\" do not end alike.",
                "End both with \"/\", or none; neither has a query.");
            return null;
        }

        return new LocationPair(options.From, to);
    }

    /// <summary>Whether a URL begins with it, up to a segment's end. Scheme and host have no case (RFC 3986 section 6.2.2.1).</summary>
    public bool IsBeginningOf(ReadOnlySpan<byte> url)
    {
        if (url.Length < _from.Length || !Ascii.EqualsIgnoreCase(url[.._caselessOctets], _from.AsSpan(0, _caselessOctets)))
        {
            return false;
        }

        bool isSame = url[_caselessOctets.._from.Length].SequenceEqual(_from.AsSpan(_caselessOctets));
        return isSame && (url.Length == _from.Length || _from[^1] == (byte)'/' || url[_from.Length] is (byte)'/' or (byte)'?' or (byte)'#');
    }
}
