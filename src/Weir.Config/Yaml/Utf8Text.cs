using System.Buffers;
using System.Text;
using System.Text.Unicode;
using Weir.Config.Model;

namespace Weir.Config.Yaml;

/// <summary>Octets to text.</summary>
internal static class Utf8Text
{
    /// <summary>Decodes a file; null after an error was reported.</summary>
    internal static string? Decode(string file, ReadOnlySpan<byte> octets, ErrorList errors)
    {
        if (octets.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || octets.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            errors.Error(new Position(file, 1, 1), "The file is in UTF-16.", "Save it as UTF-8.");
            return null;
        }

        if (octets.StartsWith("\uFEFF"u8))
        {
            octets = octets[3..];
        }

        char[] text = new char[octets.Length];
        OperationStatus status = Utf8.ToUtf16(octets, text, out int read, out int written, replaceInvalidSequences: false);
        if (status == OperationStatus.Done)
        {
            return new string(text, 0, written);
        }

        ReadOnlySpan<byte> before = octets[..read];
        int line = before.Count((byte)'\n') + 1;
        int column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        errors.Error(new Position(file, line, column), $"The octet 0x{octets[read]:X2} is not UTF-8.", "Save the file as UTF-8.");
        return null;
    }
}
