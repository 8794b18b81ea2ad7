using System.Buffers;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Modules.Challenge;

/// <summary>What a signature is over: the signature base of RFC 9421 section 2.5, of the request as its client sent it.</summary>
internal static class SignedMessage
{
    /// <summary>The most components that are looked at.</summary>
    public const int MostComponents = 32;

    private const int MostOctets = 16 * 1024;

    private static readonly string[] _derived = ["@method", "@authority", "@scheme", "@target-uri", "@request-target", "@path", "@query"];

    /// <summary>Whether a component may be asked for: a field's name in lower case, or one of those that are derived of requests.</summary>
    public static bool IsComponent(string name) => name.StartsWith('@')
        ? _derived.Contains(name, StringComparer.Ordinal)
        : FieldSyntax.IsToken(Encoding.UTF8.GetBytes(name)) && !name.Any(char.IsAsciiLetterUpper);

    /// <summary>Makes it; null when it covers something that is not there, not known, twice, or too much.</summary>
    public static byte[]? Make(Exchange exchange, StructuredMember input)
    {
        if (input.InnerList is not { Count: <= MostComponents } components)
        {
            return null;
        }

        ArrayBufferWriter<byte> text = new();
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (StructuredMember component in components)
        {
            byte[] identifier = StructuredFields.Write(component);
            if (component is not { IsInnerList: false, Value.Kind: StructuredKind.String }
                || !seen.Add(Encoding.ASCII.GetString(identifier))
                || ValueOf(exchange, component) is not { } value
                || text.WrittenCount + identifier.Length + value.Length > MostOctets)
            {
                return null;
            }

            text.Write(identifier);
            text.Write(": "u8);
            text.Write(value);
            text.Write("\n"u8);
        }

        text.Write("\"@signature-params\": "u8);
        text.Write(StructuredFields.Write(input));
        return text.WrittenCount > MostOctets ? null : text.WrittenSpan.ToArray();
    }

    private static byte[]? ValueOf(Exchange exchange, StructuredMember component)
    {
        string name = component.Value.Text;
        if (!IsComponent(name))
        {
            return null;
        }

        if (name.StartsWith('@'))
        {
            return component.Parameters.Count > 0 ? null : Derived(exchange.Request, name);
        }

        HeaderFields fields = exchange.Request.Fields;
        byte[] wanted = Encoding.ASCII.GetBytes(name);
        if (component.Parameters.Count == 0)
        {
            return Joined(fields, wanted);
        }

        // Section 2.1.2: a member of a dictionary; of the other parameters none is known here.
        return component.Parameters.Count == 1
            && component.Parameters.TryGet("key", out StructuredValue key) && key.Kind == StructuredKind.String
            && StructuredFields.ParseDictionary(fields, wanted)?.Find(key.Text) is { } member
            ? StructuredFields.Write(member)
            : null;
    }

    // Section 2.2.
    private static byte[]? Derived(RequestHead request, string name)
    {
        ReadOnlySpan<byte> target = OriginForm(request.Target);
        int mark = target.IndexOf((byte)'?');
        ReadOnlySpan<byte> path = mark < 0 ? target : target[..mark];
        ReadOnlySpan<byte> scheme = request.IsHttps ? "https"u8 : "http"u8;
        return name switch
        {
            "@method" => request.MethodToken.ToArray(),
            "@authority" => Authority(request).ToArray(),
            "@scheme" => scheme.ToArray(),
            "@request-target" => request.Target.ToArray(),
            "@path" => path.IsEmpty ? [(byte)'/'] : path.ToArray(),
            "@query" => mark < 0 ? [(byte)'?'] : target[mark..].ToArray(),
            "@target-uri" =>
                [.. scheme, .. "://"u8, .. Authority(request), .. path.IsEmpty ? "/"u8 : path, .. mark < 0 ? default : target[mark..]],
            _ => null,
        };
    }

    private static ReadOnlySpan<byte> OriginForm(ReadOnlySpan<byte> target)
    {
        if (target.StartsWith("/"u8) || target.IndexOf("://"u8) is not (> 0 and int scheme))
        {
            return target;
        }

        ReadOnlySpan<byte> rest = target[(scheme + 3)..];
        int start = rest.IndexOfAny((byte)'/', (byte)'?');
        return start < 0 ? default : rest[start..];
    }

    // Section 2.2.3: in lower case, without the scheme's own port.
    private static ReadOnlySpan<byte> Authority(RequestHead request)
    {
        ReadOnlySpan<byte> authority = request.Authority;
        ReadOnlySpan<byte> port = request.IsHttps ? ":443"u8 : ":80"u8;
        return authority.EndsWith(port) ? authority[..^port.Length] : authority;
    }

    // Section 2.1: several fields of a name are one, with commas.
    private static byte[]? Joined(HeaderFields fields, byte[] name)
    {
        int slot = fields.Find(name);
        if (slot < 0)
        {
            return null;
        }

        List<byte> value = [.. fields.ValueAt(slot)];
        for (slot = fields.Find(name, slot + 1); slot >= 0; slot = fields.Find(name, slot + 1))
        {
            value.AddRange(", "u8);
            value.AddRange(fields.ValueAt(slot));
        }

        return [.. value];
    }
}
