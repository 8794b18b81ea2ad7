using System.Text;

namespace Weir.Modules.AuthOidc;

/// <summary>Keys of a file, which watches itself.</summary>
internal sealed class FileSealKeys : SealKeys
{
    private const int MostKeys = 16;

    private readonly WatchedContent<SealKey[]> _file;

    public FileSealKeys(WatchedContent<SealKey[]> file) => _file = file;

    /// <inheritdoc/>
    public override SealKey Newest(long nowUnixMs) => _file.Current[0];

    /// <inheritdoc/>
    public override SealKey? Find(uint id, long nowUnixMs)
    {
        foreach (SealKey key in _file.Current)
        {
            if (key.Id == id)
            {
                return key;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override void Dispose() => _file.Dispose();

    /// <summary>Reads 64 hexadecimal digits a line; # begins a comment line. Mistakes never quote a line.</summary>
    public static SealKey[] Parse(byte[] octets, List<string> mistakes)
    {
        List<SealKey> keys = [];
        string[] lines = Encoding.UTF8.GetString(octets).Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].Trim();
            if (line.Length == 0 || line[0] == '#')
            {
                continue;
            }

            if (line.Length != SealKey.SecretOctets * 2 || !line.All(char.IsAsciiHexDigit))
            {
                mistakes.Add($"Line {i + 1} is no key: {SealKey.SecretOctets * 2} hexadecimal digits are.");
                continue;
            }

            keys.Add(new SealKey(Convert.FromHexString(line)));
        }

        if (keys.Count is 0 or > MostKeys && mistakes.Count == 0)
        {
            mistakes.Add(keys.Count == 0 ? "No key is listed." : $"It lists more than {MostKeys} keys.");
        }

        return [.. keys];
    }
}
