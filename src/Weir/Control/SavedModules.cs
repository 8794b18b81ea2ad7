using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Abstractions.Modules;
using Weir.Machine;
using Weir.Pipeline.Plans;
using Weir.Telemetry.Events;

namespace Weir.Control;

/// <summary>
/// What modules remember, by their places: in memory for reloads, in a file for restarts. The file is written beside whoever wrote to a
/// memory, as a whole. Any thread; one lock for the texts, one for the file.
/// </summary>
internal sealed partial class SavedModules : IModuleMemories
{
    private const int Version = 1;
    private const int MostPlaces = 10_000;
    private const int MaxOctets = 16 * 1024 * 1024;

    // A place that comes back after a month is another one.
    private static readonly TimeSpan _keptUnseen = TimeSpan.FromDays(30);

    private readonly Lock _lock = new();
    private readonly Lock _file = new();
    private readonly Dictionary<(string Stack, string Module, int Number), Memory> _memories = [];
    private readonly Dictionary<(string Stack, string Module, int Number), SavedModule> _unseen = [];
    private readonly string _path;
    private readonly WeirLog _log;
    private bool _isWriting;
    private bool _mustWrite;

    /// <summary>Remembers in that file, which need not be there.</summary>
    public SavedModules(string path, WeirLog log)
    {
        _path = path;
        _log = log;
    }

    /// <summary>Whether the file holds all that was written.</summary>
    public bool IsSettled
    {
        get
        {
            lock (_lock)
            {
                return !_isWriting && !_mustWrite;
            }
        }
    }

    /// <summary>Reads what an earlier process saved. A file that cannot be used is told of, and set aside if it is damaged.</summary>
    public void Load()
    {
        try
        {
            foreach (SavedModule saved in Read())
            {
                _unseen[(saved.Stack, saved.Module, saved.Number)] = saved;
            }
        }
        catch (JsonException exception)
        {
            _log.Write(OperatorEvents.SavedStateDamaged, _path, exception.Message);
            SetAside();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Write(OperatorEvents.SavedStateUnreadable, _path, exception.Message);
        }
    }

    /// <inheritdoc/>
    public ModuleMemory Of(string stack, string module, int number)
    {
        lock (_lock)
        {
            if (!_memories.TryGetValue((stack, module, number), out Memory? memory))
            {
                if (_memories.Count == MostPlaces)
                {
                    return new ModuleMemory();
                }

                string text = _unseen.Remove((stack, module, number), out SavedModule? saved) ? saved.Text : "";
                _memories[(stack, module, number)] = memory = new Memory(this, text);
            }

            return memory;
        }
    }

    /// <summary>Writes what is still to be written. For the end of the process.</summary>
    public void Flush()
    {
        lock (_lock)
        {
            if (!_mustWrite)
            {
                return;
            }

            _mustWrite = false;
        }

        TryWrite();
    }

    private IEnumerable<SavedModule> Read()
    {
        if (!File.Exists(_path))
        {
            return [];
        }

        if (new FileInfo(_path).Length > MaxOctets)
        {
            throw new JsonException($"it has more than {MaxOctets} octets");
        }

        Content? content = JsonSerializer.Deserialize(File.ReadAllBytes(_path), ModulesJson.Default.Content);
        if (content is not { Version: Version, Modules: { } modules })
        {
            throw new JsonException("it is of another version");
        }

        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        return modules.TrueForAll(entry => entry is { Stack: not null, Module: not null, Text.Length: <= ModuleMemory.MaxLength })
            ? modules.Where(entry => now - entry.SeenAt < _keptUnseen).Take(MostPlaces)
            : throw new JsonException("an entry lacks its place or its text");
    }

    private void OnWritten()
    {
        lock (_lock)
        {
            _mustWrite = true;
            if (_isWriting)
            {
                return;
            }

            _isWriting = true;
        }

        ThreadPool.UnsafeQueueUserWorkItem(static modules => modules.WriteWhileNeeded(), this, preferLocal: false);
    }

    private void WriteWhileNeeded()
    {
        while (true)
        {
            lock (_lock)
            {
                _isWriting = _mustWrite;
                if (!_mustWrite)
                {
                    return;
                }

                _mustWrite = false;
            }

            TryWrite();
        }
    }

    private void TryWrite()
    {
        // One at a time, each with what holds when its turn comes: the last file is the newest.
        lock (_file)
        {
            Replace();
        }
    }

    private void Replace()
    {
        try
        {
            PrivateFiles.Write(_path, JsonSerializer.SerializeToUtf8Bytes(Snapshot(), ModulesJson.Default.Content));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Write(OperatorEvents.SavedStateFailed, _path, exception.Message);
        }
    }

    private Content Snapshot()
    {
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        lock (_lock)
        {
            return new Content(Version, [
                .. _memories.Where(entry => entry.Value.Text.Length > 0)
                    .Select(entry => new SavedModule(entry.Key.Stack, entry.Key.Module, entry.Key.Number, entry.Value.Text, now))
                    .Concat(_unseen.Values)
                    .Take(MostPlaces),
            ]);
        }
    }

    private void SetAside()
    {
        try
        {
            PrivateFiles.SetAside(_path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _log.Write(OperatorEvents.SavedStateUnreadable, _path, exception.Message);
        }
    }

    private sealed class Memory : ModuleMemory
    {
        private readonly SavedModules _owner;

        public Memory(SavedModules owner, string text)
            : base(text) => _owner = owner;

        protected override void OnWritten() => _owner.OnWritten();
    }

    internal sealed record Content(int Version, List<SavedModule> Modules);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
    [JsonSerializable(typeof(Content))]
    internal sealed partial class ModulesJson : JsonSerializerContext;
}
