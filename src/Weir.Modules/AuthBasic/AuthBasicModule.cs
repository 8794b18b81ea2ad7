// Hot: runs for each request that passes the stack.
using System.Runtime.CompilerServices;
using System.Text;
using Weir.Abstractions.Async;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Modules.Remembering;

namespace Weir.Modules.AuthBasic;

/// <summary>
/// Asks for a name and a password (RFC 7617). 1 what the client claims to be is taken away  2 what it shows is read  3 it is remembered, or
/// 4 hashed elsewhere while the exchange waits  5 who it is is told to the origin.
/// </summary>
internal sealed class AuthBasicModule : IRequestModule, IResponseModule, IDisposable
{
    private const string Name = "auth_basic";

    private readonly WatchedContent<UserTable> _users;
    private readonly PasswordQueue _queue;
    private readonly RememberedLogins _remembered;
    private readonly byte[] _challenge;

    /// <param name="users">The users.</param>
    /// <param name="queue">Where passwords are hashed.</param>
    /// <param name="remembered">What came of earlier ones.</param>
    /// <param name="challenge">The value of WWW-Authenticate.</param>
    public AuthBasicModule(WatchedContent<UserTable> users, PasswordQueue queue, RememberedLogins remembered, byte[] challenge)
    {
        _users = users;
        _queue = queue;
        _remembered = remembered;
        _challenge = challenge;
    }

    /// <summary>The field that tells the origin who it is; null: none.</summary>
    public OwnField? User { get; init; }

    /// <summary>Whether Authorization is taken out of the request.</summary>
    public bool Hides { get; init; }

    /// <summary>How many passwords may wait for being hashed.</summary>
    public int MostWaiting { get; init; } = 64;

    /// <summary>The users, for tests.</summary>
    internal WatchedContent<UserTable> Users => _users;

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        User?.Strip(exchange);
        Span<byte> credentials = stackalloc byte[BasicCredentials.MostOctets];
        int length = BasicCredentials.Read(exchange.Request.Fields, credentials);
        if (length < 0)
        {
            return new(AuthRefusal.Unknown(exchange, Name, "no password was sent", _challenge));
        }

        credentials = credentials[..length];
        UserTable users = _users.Current;
        CredentialDigest login = _remembered.DigestOf(credentials);
        if (_remembered.TryFind(login, users, exchange.Loop.NowMs, out UserTable.User? user))
        {
            return new(Decide(exchange, user, "as remembered"));
        }

        int colon = credentials.IndexOf((byte)':');
        string name = Encoding.UTF8.GetString(credentials[..colon]);
        return AskAsync(exchange, login, users, name, credentials[(colon + 1)..].ToArray());
    }

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        PrivateAnswer.Mark(exchange.Response.Fields);
        return default;
    }

    /// <summary>Stops looking at the file; exchanges that began before still use what it held.</summary>
    public void Dispose() => _users.Dispose();

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> AskAsync(Exchange exchange, CredentialDigest login, UserTable users, string name, byte[] password)
    {
        UserTable.User? user = users.Find(name);
        string hash = user?.Hash ?? users.Dummy;
        if (exchange.IsHypothetical)
        {
            // Nobody is served meanwhile by who only asks.
            return Decide(exchange, PasswordHash.IsOf(password, hash) ? user : null, "as hashed now");
        }

        if (!_queue.TryCheck(exchange.ClientAddress, password, hash, MostWaiting, out Task<bool> check))
        {
            exchange.RetryAfterSeconds = 1;
            return AuthRefusal.Unavailable(exchange, Name, "too many passwords wait for being hashed");
        }

        user = await check ? user : null;
        _remembered.Add(login, users, exchange.Loop.NowMs, user);
        return Decide(exchange, user, "as hashed now");
    }

    private Verdict Decide(Exchange exchange, UserTable.User? user, string how)
    {
        if (user is null)
        {
            return AuthRefusal.Unknown(exchange, Name, "the name or the password is wrong", _challenge);
        }

        HeaderFields fields = exchange.Request.Fields;
        if (Hides)
        {
            fields.Remove(KnownField.Authorization);
        }

        User?.Set(fields, user.NameOctets);
        exchange.Trace?.Add(Name, $"let in {user.Name}, {how}");
        return Verdict.Continue;
    }
}
