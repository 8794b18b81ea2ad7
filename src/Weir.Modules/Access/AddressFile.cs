using System.Globalization;

namespace Weir.Modules.Access;

/// <summary>A file of addresses and ranges, one a line; # begins a comment.</summary>
internal sealed class AddressFile : IAddressSource
{
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

    /// <summary>
    /// Adds its ranges to a table; what is wrong with the file is added to the mistakes, the first ones each with its line.
    /// </summary>
    public void Read(AddressTableBuilder table, List<string> mistakes)
    {
        try
        {
            if (new FileInfo(_path) is { Exists: true, Length: > MostOctets and var octets })
            {
                mistakes.Add(string.Create(CultureInfo.InvariantCulture, $"\"{_name}\" has {octets} octets; {MostOctets} is the limit."));
                return;
            }

            AddressLines.Read(_name, File.ReadLines(_path), mistakes, (prefix, line) => table.Add(prefix, new AccessRule(_list, line)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            mistakes.Add($"\"{_name}\" cannot be read: {failure.Message}");
        }
    }
}
