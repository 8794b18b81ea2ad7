using System.Text.Json;
using System.Text.Json.Serialization;
using Weir.Machine;

namespace Weir.Control;

/// <summary>The file that keeps operators' decisions: JSON, readable by its user alone, replaced as a whole.</summary>
internal sealed partial class SavedStateFile
{
    private const int Version = 1;
    private const int MaxOctets = 4 * 1024 * 1024;

    /// <summary>A file that may not be there yet.</summary>
    public SavedStateFile(string path) => Path = path;

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>What was saved; nothing when there is no file.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    /// <exception cref="JsonException">It is damaged.</exception>
    public IReadOnlyList<SavedState> Read()
    {
        if (!File.Exists(Path))
        {
            return [];
        }

        if (new FileInfo(Path).Length > MaxOctets)
        {
            throw new JsonException($"it has more than {MaxOctets} octets");
        }

        Content? content = JsonSerializer.Deserialize(File.ReadAllBytes(Path), Json.Default.Content);
        if (content is not { Version: Version, Servers: { } servers })
        {
            throw new JsonException("it is of another version");
        }

        return servers.TrueForAll(IsWhole) ? servers : throw new JsonException("an entry lacks its names or its state");
    }

    /// <summary>Replaces what was saved: the file is the old one or the new one, whenever the machine stops.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write it.</exception>
    public void Write(IReadOnlyList<SavedState> states) =>
        PrivateFiles.Write(Path, JsonSerializer.SerializeToUtf8Bytes(new Content(Version, [.. states]), Json.Default.Content));

    /// <summary>Puts a damaged file out of the way, for a person to look at.</summary>
    public void SetAside() => PrivateFiles.SetAside(Path);

    private static bool IsWhole(SavedState? state) =>
        state is { Upstream.Length: > 0, Server.Length: > 0, By: not null } && AdminStates.TryParse(state.State, out _);

    internal sealed record Content(int Version, List<SavedState> Servers);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, WriteIndented = true)]
    [JsonSerializable(typeof(Content))]
    internal sealed partial class Json : JsonSerializerContext;
}
