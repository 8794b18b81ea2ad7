// Hot: runs for each request that passes the stack.
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.AuthKey;

/// <summary>Asks for a key of an API, in a field or in the query, and tells the origin whose it is.</summary>
internal sealed class AuthKeyModule : IRequestModule, IResponseModule, IDisposable
{
    private const string Name = "auth_key";
    private const int MostOctets = 512;

    private static readonly byte[] _keyChallenge = "ApiKey"u8.ToArray();
    private static readonly byte[] _bearerChallenge = "Bearer"u8.ToArray();

    private readonly WatchedContent<KeyTable> _keys;
    private readonly byte[] _header;
    private readonly bool _isBearer;

    /// <param name="keys">The keys.</param>
    /// <param name="header">The field that holds one.</param>
    public AuthKeyModule(WatchedContent<KeyTable> keys, byte[] header)
    {
        _keys = keys;
        _header = header;
        _isBearer = KnownFields.Find(header) == KnownField.Authorization;
    }

    /// <summary>The parameter of the query that may hold one; null: none.</summary>
    public byte[]? Parameter { get; init; }

    /// <summary>The field that tells the origin whose key it is; null: none.</summary>
    public OwnField? Label { get; init; }

    /// <summary>Whether the field with the key is taken out of the request.</summary>
    public bool Hides { get; init; }

    /// <summary>The keys, for tests.</summary>
    internal WatchedContent<KeyTable> Keys => _keys;

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        HeaderFields fields = exchange.Request.Fields;
        Label?.Strip(exchange);
        Span<byte> key = stackalloc byte[MostOctets];
        int length = -1;
        if (Parameter is not null && exchange.Request.HasQuery)
        {
            length = QueryParameter.Take(exchange.Request, Parameter, key);
        }

        // A field counts more than a parameter: links carry parameters from page to page.
        int slot = fields.Find(_header);
        if (slot >= 0)
        {
            length = fields.Find(_header, slot + 1) < 0 ? Read(fields.ValueAt(slot), key) : -1;
        }

        KeyTable.Entry? entry = length > 0 ? _keys.Current.Find(key[..length]) : null;
        if (entry is null)
        {
            string why = length > 0 ? "the key is not known" : "no key was sent, or more than one";
            return new(AuthRefusal.Unknown(exchange, Name, why, _isBearer ? _bearerChallenge : _keyChallenge));
        }

        if (Hides)
        {
            fields.Remove(_header);
        }

        Label?.Set(fields, entry.LabelOctets);
        exchange.Trace?.Add(Name, $"let in {entry.Label}");
        return new(Verdict.Continue);
    }

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        PrivateAnswer.Mark(exchange.Response.Fields);
        return default;
    }

    /// <summary>Stops looking at the file; exchanges that began before still use what it held.</summary>
    public void Dispose() => _keys.Dispose();

    private int Read(ReadOnlySpan<byte> value, Span<byte> key)
    {
        if (_isBearer)
        {
            if (value.Length < 8 || !Ascii.EqualsIgnoreCase(value[..7], "bearer "u8))
            {
                return -1;
            }

            value = value[7..].Trim((byte)' ');
        }

        return value.TryCopyTo(key) ? value.Length : -1;
    }
}
