using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Abstractions.Exchanges;
using Weir.Machine;
using Weir.Telemetry.Events;

namespace Weir.Control;

/// <summary>
/// Who is banned, for as long as it lasts: across reloads and, in a file, across restarts. Any thread; one lock. The loops read
/// <see cref="List"/>, which is swapped.
/// </summary>
internal sealed partial class SavedBans
{
    /// <summary>How many bans there may be.</summary>
    public const int Most = 10_000;

    /// <summary>The longest text that says why.</summary>
    public const int LongestWhy = 200;

    private const int Version = 1;
    private const int MaxOctets = 8 * 1024 * 1024;
    private const int ShortestIPv4 = 8;
    private const int ShortestIPv6 = 16;

    private static readonly TimeSpan _longest = TimeSpan.FromDays(366);

    private readonly Lock _lock = new();
    private readonly Dictionary<IpPrefix, Ban> _bans = [];
    private readonly string? _path;
    private readonly WeirLog _log;
    private readonly TimeProvider _time;

    /// <summary>Keeps them in a file, or, where there is none, for as long as the process lives.</summary>
    public SavedBans(string? path, WeirLog log, TimeProvider? time = null)
    {
        _path = path;
        _log = log;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>What the loops ask.</summary>
    public BanList List { get; } = new();

    /// <summary>Reads what an earlier process saved. A file that cannot be used is told of, and set aside if it is damaged.</summary>
    public void Load()
    {
        try
        {
            if (_path is null || !File.Exists(_path))
            {
                return;
            }

            foreach (Ban ban in Read(_path).Take(Most))
            {
                if (IpPrefix.TryParse(ban.Range, out IpPrefix range))
                {
                    _bans[range] = ban;
                }
            }
        }
        catch (JsonException exception)
        {
            _log.Write(OperatorEvents.SavedStateDamaged, _path!, exception.Message);
            SetAside();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Write(OperatorEvents.SavedStateUnreadable, _path!, exception.Message);
        }

        lock (_lock)
        {
            PutInForce();
        }
    }

    /// <summary>Those whose time is not over, the one that ends first in front.</summary>
    public IReadOnlyList<Ban> All()
    {
        lock (_lock)
        {
            DateTimeOffset now = _time.GetUtcNow();
            return [.. _bans.Values.Where(ban => ban.Until > now).OrderBy(ban => ban.Until)];
        }
    }

    /// <summary>Bans a range; another ban of the same range is replaced.</summary>
    public BanChange Add(IpPrefix range, TimeSpan time, string why, string who)
    {
        if (time <= TimeSpan.Zero || time > _longest)
        {
            return new BanChange(null, $"A ban lasts up to {_longest.Days} days.");
        }

        if (range.Length < (range.Address.IsIPv4 ? ShortestIPv4 : ShortestIPv6))
        {
            return new BanChange(null, $"{range} is too large a range: /{ShortestIPv4} and /{ShortestIPv6} for IPv6 are the largest.");
        }

        if (why.Length > LongestWhy || why.Any(char.IsControl))
        {
            return new BanChange(null, $"The reason has more than {LongestWhy} characters, or control characters.");
        }

        lock (_lock)
        {
            DateTimeOffset now = _time.GetUtcNow();
            RemoveOver(now);
            if (_bans.Count >= Most && !_bans.ContainsKey(range))
            {
                return new BanChange(null, $"There are {Most} bans; ban larger ranges, or use deny_file of access.");
            }

            Ban ban = new(range.ToString(), now + time, why, who, now);
            _bans[range] = ban;
            PutInForce();
            _log.Write(OperatorEvents.AddressBanned, who, ban.Range, ban.Until.ToString("u"), why.Length == 0 ? "none given" : why);
            return new BanChange(ban, Save() ?? "");
        }
    }

    /// <summary>Ends the ban of exactly that range.</summary>
    public BanChange Lift(IpPrefix range, string who)
    {
        lock (_lock)
        {
            RemoveOver(_time.GetUtcNow());
            if (!_bans.Remove(range, out Ban? ban))
            {
                Ban? around = _bans.FirstOrDefault(other => other.Key.Contains(range.Address)).Value;
                return new BanChange(
                    null, around is null ? $"{range} is not banned." : $"{range} is banned with {around.Range}: lift that.");
            }

            PutInForce();
            _log.Write(OperatorEvents.BanLifted, who, ban.Range, ban.Until.ToString("u"));
            return new BanChange(ban, Save() ?? "");
        }
    }

    private static List<Ban> Read(string path)
    {
        if (new FileInfo(path).Length > MaxOctets)
        {
            throw new JsonException($"it has more than {MaxOctets} octets");
        }

        Content? content = JsonSerializer.Deserialize(File.ReadAllBytes(path), BansJson.Default.Content);
        return content is { Version: Version, Bans: { } bans }
            && bans.TrueForAll(ban => ban is { Range: not null, Why: not null, By: not null })
            ? bans
            : throw new JsonException("it is of another version, or an entry lacks a part");
    }

    private void RemoveOver(DateTimeOffset now)
    {
        foreach (IpPrefix over in _bans.Where(ban => ban.Value.Until <= now).Select(ban => ban.Key).ToList())
        {
            _bans.Remove(over);
        }
    }

    private void PutInForce() => List.Swap(_bans.ToDictionary(ban => ban.Key, ban => ban.Value.Until.ToUnixTimeMilliseconds()));

    // The file is the old one or the new one, whenever the machine stops.
    private string? Save()
    {
        if (_path is null)
        {
            return "it is not saved and ends with this process";
        }

        try
        {
            PrivateFiles.Write(
                _path, JsonSerializer.SerializeToUtf8Bytes(new Content(Version, [.. _bans.Values]), BansJson.Default.Content));
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Write(OperatorEvents.SavedStateFailed, _path, exception.Message);
            return $"it ends with this process, because it cannot be saved in {_path}: {exception.Message}";
        }
    }

    private void SetAside()
    {
        try
        {
            PrivateFiles.SetAside(_path!);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Write(OperatorEvents.SavedStateUnreadable, _path!, exception.Message);
        }
    }

    internal sealed record Content(int Version, List<Ban> Bans);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
    [JsonSerializable(typeof(Content))]
    internal sealed partial class BansJson : JsonSerializerContext;
}
