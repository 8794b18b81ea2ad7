using System.Net;
using System.Net.Sockets;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Challenge;

/// <summary>
/// Bots that are known by the names of their addresses: the name must be in a domain of the bot's, and lead back to the address, for
/// whoever has an address can give it any name. The User-Agent only says that looking is worth while. Lookups run away from the loops,
/// a few at once, and what they brought is remembered for a time, in a bounded table; nobody waits for them. One lock.
/// </summary>
internal sealed class NamedBots : IBotCheck
{
    private const int MostAtOnce = 16;
    private const int MostRemembered = 20_000;
    private const long KnownMs = 3600_000;
    private const long UnknownMs = 600_000;
    private const long FailedMs = 60_000;
    private const long PatienceMs = 30_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<IpAddress, Known> _known = [];
    private readonly Queue<IpAddress> _order = [];
    private readonly (byte[] Agent, string[] Domains)[] _bots;
    private readonly bool _passesUnknown;
    private readonly IReverseNames _names;
    private readonly ModuleLog _log;
    private int _going;
    private bool _isFailing;

    /// <param name="bots">What User-Agents hold, in lower case, and the domains, in lower case without a dot in front.</param>
    /// <param name="passesUnknown">Whether who is being looked up passes.</param>
    /// <param name="names">Looks up.</param>
    /// <param name="log">Where operators read.</param>
    public NamedBots((byte[] Agent, string[] Domains)[] bots, bool passesUnknown, IReverseNames names, ModuleLog log)
    {
        _bots = bots;
        _passesUnknown = passesUnknown;
        _names = names;
        _log = log;
    }

    /// <summary>The lookups that go on; for tests, which wait for them.</summary>
    internal Task Going { get; private set; } = Task.CompletedTask;

    /// <inheritdoc/>
    public bool Claims(Exchange exchange) => !exchange.ClientAddress.IsNone && Find(exchange) >= 0;

    /// <inheritdoc/>
    public ValueTask<string?> CheckAsync(Exchange exchange)
    {
        int bot = Find(exchange);
        if (exchange.IsHypothetical)
        {
            exchange.Trace?.Add("challenge", "the address would be looked up; what follows is for one that is not the bot's");
            return default;
        }

        string? name = Look(exchange.ClientAddress, exchange.Loop.NowMs, out bool isKnown);
        return new(isKnown
            ? name is not null && IsIn(name, _bots[bot].Domains) ? $"the address is {name}" : null
            : _passesUnknown ? "its address is being looked up" : null);
    }

    /// <summary>Whether a name is in one of some domains.</summary>
    internal static bool IsIn(string name, string[] domains)
    {
        foreach (string domain in domains)
        {
            if (name.EndsWith(domain, StringComparison.Ordinal) && (name.Length == domain.Length || name[^(domain.Length + 1)] == '.'))
            {
                return true;
            }
        }

        return false;
    }

    private int Find(Exchange exchange)
    {
        if (!exchange.Request.Fields.TryGet(KnownField.UserAgent, out ReadOnlySpan<byte> agent))
        {
            return -1;
        }

        for (int i = 0; i < _bots.Length; i++)
        {
            if (Holds(agent, _bots[i].Agent))
            {
                return i;
            }
        }

        return -1;
    }

    private static bool Holds(ReadOnlySpan<byte> text, byte[] part)
    {
        for (int at = 0; at + part.Length <= text.Length; at++)
        {
            if (Ascii.EqualsIgnoreCase(text.Slice(at, part.Length), part))
            {
                return true;
            }
        }

        return false;
    }

    private string? Look(IpAddress address, long nowMs, out bool isKnown)
    {
        lock (_lock)
        {
            if (_known.TryGetValue(address, out Known known) && nowMs < known.EndMs)
            {
                isKnown = known.IsThere;
                return known.Name;
            }

            isKnown = false;
            if (_going >= MostAtOnce)
            {
                return null;
            }

            _going++;
            Remember(address, new Known(null, false, nowMs + PatienceMs));
        }

        Going = Task.Run(() => AskAsync(address, nowMs));
        return null;
    }

    private async Task AskAsync(IpAddress address, long nowMs)
    {
        Known found = new(null, true, nowMs + FailedMs);
        try
        {
            IPAddress asked = address.ToIPAddress();
            string? name = Clean(await _names.NameOfAsync(asked));
            bool leadsBack = name is not null && Array.Exists(await _names.AddressesOfAsync(name), asked.Equals);
            found = leadsBack ? new Known(name, true, nowMs + KnownMs) : new Known(null, true, nowMs + UnknownMs);
            _isFailing = false;
        }
        catch (SocketException failure) when (failure.SocketErrorCode is SocketError.HostNotFound or SocketError.NoData)
        {
            found = new Known(null, true, nowMs + UnknownMs);
        }
        catch (Exception failure) when (failure is SocketException or ArgumentException)
        {
            if (!_isFailing)
            {
                _log.Warn($"The name of {address} cannot be looked up: {failure.Message} Such clients are challenged until it can.");
            }

            _isFailing = true;
        }
        finally
        {
            lock (_lock)
            {
                _going--;
                Remember(address, found);
            }
        }
    }

    private void Remember(IpAddress address, Known known)
    {
        if (!_known.ContainsKey(address))
        {
            _order.Enqueue(address);
            if (_order.Count > MostRemembered)
            {
                _known.Remove(_order.Dequeue());
            }
        }

        _known[address] = known;
    }

    // What stands in DNS is as foreign as a request: only a plain name may go on to be looked up, and be logged.
    private static string? Clean(string? name)
    {
        string? plain = name?.TrimEnd('.').ToLowerInvariant();
        return plain is { Length: > 0 and <= 253 }
            && plain.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '-' or '.' or '_')
            && !IPAddress.TryParse(plain, out _)
            ? plain
            : null;
    }

    private readonly record struct Known(string? Name, bool IsThere, long EndMs);
}
