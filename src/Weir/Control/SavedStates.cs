using System.Text.Json;
using Weir.Net.Time;
using Weir.Pipeline.Balancing;
using Weir.Telemetry.Events;

namespace Weir.Control;

/// <summary>
/// What operators have decided about servers, for as long as they do not decide otherwise: servers that a reload or a name brings get
/// their state before their first request. Any thread; one lock.
/// </summary>
internal sealed class SavedStates : IServerMemory
{
    private const int MostStates = 10_000;

    // A server that comes back after a month is another one.
    private static readonly TimeSpan _keptUnseen = TimeSpan.FromDays(30);

    private readonly Lock _lock = new();
    private readonly Dictionary<(string Upstream, string Server), SavedState> _states = [];
    private readonly SavedStateFile? _file;
    private readonly WeirLog _log;
    private readonly TimeProvider _time;

    /// <summary>Remembers in a file, or, where there is none, for as long as the process lives.</summary>
    public SavedStates(SavedStateFile? file, WeirLog log, TimeProvider? time = null)
    {
        _file = file;
        _log = log;
        _time = time ?? TimeProvider.System;
    }

    /// <summary>Reads what an earlier process saved. A file that cannot be used is told of, and set aside if it is damaged.</summary>
    public void Load()
    {
        if (_file is null)
        {
            return;
        }

        try
        {
            // Old ones too: until the servers of the configuration are there, nobody knows which of them are still meant.
            foreach (SavedState state in _file.Read().Where(state => state.State != "ready").Take(MostStates))
            {
                _states[(state.Upstream, state.Server)] = state;
            }
        }
        catch (JsonException exception)
        {
            _log.Write(OperatorEvents.SavedStateDamaged, _file.Path, exception.Message);
            SetAside();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Write(OperatorEvents.SavedStateUnreadable, _file.Path, exception.Message);
        }
    }

    /// <inheritdoc/>
    public void Recall(string upstream, IReadOnlyList<ServerState> servers)
    {
        lock (_lock)
        {
            if (_states.Count == 0)
            {
                return;
            }

            foreach (ServerState server in servers)
            {
                if (_states.TryGetValue((upstream, server.Name), out SavedState? saved))
                {
                    _states[(upstream, server.Name)] = saved with { SeenAt = _time.GetUtcNow() };
                    Set(server, saved);
                }
            }
        }
    }

    /// <summary>Sets a server, all of that name if there are several, and remembers it. Null, or why it will be forgotten.</summary>
    public string? Decide(string upstream, IReadOnlyList<ServerState> servers, AdminState state, string who)
    {
        lock (_lock)
        {
            foreach (ServerState server in servers)
            {
                server.SetAdminState(state, LoopClock.System.MonotonicNs / 1_000_000);
            }

            string name = servers[0].Name;
            DateTimeOffset now = _time.GetUtcNow();
            if (state == AdminState.Ready)
            {
                _states.Remove((upstream, name));
            }
            else if (_states.Count < MostStates || _states.ContainsKey((upstream, name)))
            {
                _states[(upstream, name)] = new SavedState(upstream, name, AdminStates.Name(state), who, now, now);
            }

            return Save(now);
        }
    }

    private static void Set(ServerState server, SavedState saved)
    {
        if (AdminStates.TryParse(saved.State, out AdminState state) && state != server.AdminState)
        {
            server.SetAdminState(state, LoopClock.System.MonotonicNs / 1_000_000);
        }
    }

    private string? Save(DateTimeOffset now)
    {
        if (_file is null)
        {
            return "it is not saved and ends with this process";
        }

        foreach (SavedState old in _states.Values.Where(state => now - state.SeenAt > _keptUnseen).ToList())
        {
            _states.Remove((old.Upstream, old.Server));
        }

        try
        {
            _file.Write([.. _states.Values]);
            return null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Write(OperatorEvents.SavedStateFailed, _file.Path, exception.Message);
            return $"it ends with this process, because it cannot be saved in {_file.Path}: {exception.Message}";
        }
    }

    private void SetAside()
    {
        try
        {
            _file!.SetAside();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Write(OperatorEvents.SavedStateUnreadable, _file!.Path, exception.Message);
        }
    }
}
