using System.Globalization;
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Access;

/// <summary>A file of addresses and ranges, one a line; # begins a comment.</summary>
internal sealed class AddressFile
{
    private const int MostMistakes = 10;
    private const int LongestShown = 50;

    // Some eight million addresses.
    private const long MostOctets = 128 * 1024 * 1024;

    private readonly string _name;
    private readonly string _path;
    private readonly AccessList _list;

    /// <param name="name">The file as the configuration names it.</param>
    /// <param name="path">Where it lies.</param>
    /// <param name="list">What its rules are.</param>
    public AddressFile(string name, string path, AccessList list)
    {
        _name = name;
        _path = path;
        _list = list;
    }

    /// <summary>The option that names it.</summary>
    public AccessList List => _list;

    /// <summary>The file as the configuration names it.</summary>
    public string Name => _name;

    /// <summary>What it looks like from outside.</summary>
    public ListStamp Stamp() => ListStamp.Of(_path);

    /// <summary>Adds its ranges to a table; what is wrong with the file is added to the mistakes, the first ones each with its line.</summary>
    public void Read(AddressTableBuilder table, List<string> mistakes)
    {
        try
        {
            if (new FileInfo(_path) is { Exists: true, Length: > MostOctets and var octets })
            {
                mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"\"{_name}\" has {octets} octets; {MostOctets} is the limit."));
                return;
            }

            ReadLines(table, mistakes);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            mistakes.Add($"\"{_name}\" cannot be read: {failure.Message}");
        }
    }

    private void ReadLines(AddressTableBuilder table, List<string> mistakes)
    {
        int line = 0;
        int wrong = 0;
        foreach (string text in File.ReadLines(_path))
        {
            line++;
            ReadOnlySpan<char> content = Content(text);
            if (content.IsEmpty)
            {
                continue;
            }

            if (TryParse(content, out IpPrefix prefix))
            {
                table.Add(prefix, new AccessRule(_list, line));
            }
            else if (++wrong <= MostMistakes)
            {
                ReadOnlySpan<char> shown = content[..Math.Min(content.Length, LongestShown)];
                mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"{_name}:{line}: \"{shown}\" is neither an address nor a range."));
            }
        }

        if (wrong > MostMistakes)
        {
            mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"{_name} has {wrong - MostMistakes} more such lines."));
        }
    }

    private static ReadOnlySpan<char> Content(string text)
    {
        int comment = text.IndexOf('#', StringComparison.Ordinal);
        return text.AsSpan(0, comment < 0 ? text.Length : comment).Trim();
    }

    // Bits behind the length mean that somebody meant one or the other: as in the configuration, it is not guessed which.
    private static bool TryParse(ReadOnlySpan<char> text, out IpPrefix prefix)
    {
        int slash = text.IndexOf('/');
        return IpPrefix.TryParse(text, out prefix)
            && (slash < 0 || (IpAddress.TryParse(text[..slash], out IpAddress written) && written == prefix.Address));
    }
}
