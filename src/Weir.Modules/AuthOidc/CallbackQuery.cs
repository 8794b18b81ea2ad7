using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Modules.AuthOidc;

/// <summary>What a provider sends a browser back with (RFC 6749 section 4.1.2, RFC 9207). A parameter that comes twice is none.</summary>
internal readonly struct CallbackQuery
{
    private const int LongestValue = 4096;

    private CallbackQuery(ReadOnlySpan<byte> query)
    {
        Code = Find(query, "code"u8);
        State = Find(query, "state"u8);
        Issuer = Find(query, "iss"u8);
        Error = Find(query, "error"u8);
    }

    public string? Code { get; }

    public string? State { get; }

    public string? Issuer { get; }

    public string? Error { get; }

    /// <summary>Reads it and takes it out of the request: also out of the target as it was received, which the access log shows.</summary>
    public static CallbackQuery Take(RequestHead request)
    {
        CallbackQuery query = new(request.Query);
        int mark = request.Target.IndexOf((byte)'?');
        if (mark >= 0)
        {
            byte[] target = request.Target[..mark].ToArray();
            request.SetTarget(request.Fields.Store(target));
        }

        request.ReplaceQuery(default, hasQuery: false);
        return query;
    }

    private static string? Find(ReadOnlySpan<byte> query, ReadOnlySpan<byte> name)
    {
        string? found = null;
        int count = 0;
        while (!query.IsEmpty)
        {
            int end = query.IndexOf((byte)'&');
            ReadOnlySpan<byte> pair = end < 0 ? query : query[..end];
            query = end < 0 ? default : query[(end + 1)..];
            if (pair.Length > name.Length && pair[name.Length] == (byte)'=' && pair.StartsWith(name))
            {
                count++;
                ReadOnlySpan<byte> value = pair[(name.Length + 1)..];
                byte[] decoded = new byte[value.Length];
                found = value.Length is 0 or > LongestValue ? null : Encoding.UTF8.GetString(decoded, 0, QueryText.Decode(value, decoded));
            }
        }

        return count == 1 ? found : null;
    }
}
