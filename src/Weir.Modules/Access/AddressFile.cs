using System.Globalization;
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Access;

/// <summary>A file of addresses and ranges, one a line.</summary>
internal sealed class AddressFile
{
    private const int MostMistakes = 20;
    private const int MostRules = 20_000_000;

    private readonly string _path;
    private readonly bool _isDeny;
    private DateTime _changedAt;
    private long _octets;

    public AddressFile(string path, bool isDeny)
    {
        _path = path;
        _isDeny = isDeny;
    }

    /// <summary>The file's name, for traces.</summary>
    public string Path => _path;

    /// <summary>The ranges of the last good reading.</summary>
    public IReadOnlyList<AddressRule> Rules { get; private set; } = [];

    /// <summary>Whether the file looks different from the last reading.</summary>
    public bool HasChanged()
    {
        FileInfo info = new(_path);
        return info.Exists && (info.LastWriteTimeUtc != _changedAt || info.Length != _octets);
    }

    /// <summary>
    /// Reads the file. After a failure, or a line that is none, the last good ranges stay; the mistakes name file and line.
    /// </summary>
    public bool TryRead(List<string> mistakes, out string reason)
    {
        reason = "";
        try
        {
            FileInfo info = new(_path);
            _changedAt = info.LastWriteTimeUtc;
            _octets = info.Exists ? info.Length : 0;
            List<AddressRule> rules = [];
            int line = 0;
            foreach (string text in File.ReadLines(_path))
            {
                line++;
                ReadLine(text, line, rules, mistakes);
                if (rules.Count > MostRules)
                {
                    reason = string.Create(CultureInfo.InvariantCulture, $"it has more than {MostRules} ranges.");
                    return false;
                }
            }

            if (mistakes.Count == 0)
            {
                Rules = rules;
            }

            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            reason = failure.Message;
            return false;
        }
    }

    private void ReadLine(string text, int line, List<AddressRule> rules, List<string> mistakes)
    {
        ReadOnlySpan<char> content = text.AsSpan();
        int comment = content.IndexOf('#');
        content = (comment < 0 ? content : content[..comment]).Trim();
        if (content.IsEmpty)
        {
            return;
        }

        if (IpPrefix.TryParse(content, out IpPrefix range))
        {
            rules.Add(new AddressRule(range, _isDeny, _isDeny ? (sbyte)1 : (sbyte)0, line));
        }
        else if (mistakes.Count < MostMistakes)
        {
            string shown = content.Length > 50 ? string.Concat(content[..50], "...") : content.ToString();
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"{_path}:{line}: \"{shown}\" is neither an address nor a range."));
        }
    }
}
