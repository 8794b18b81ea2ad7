namespace Weir.Modules.Access;

/// <summary>What a database says of an address.</summary>
/// <param name="Country">The country's two letters (ISO 3166-1), as a number; 0 when it names none.</param>
/// <param name="Asn">The number of the autonomous system; 0 when it names none.</param>
internal readonly record struct GeoPlace(ushort Country, uint Asn)
{
    /// <summary>Two letters as a number; 0 when they are none.</summary>
    public static ushort Code(string text) => text.Length == 2 && char.IsAsciiLetter(text[0]) && char.IsAsciiLetter(text[1])
        ? (ushort)((char.ToUpperInvariant(text[0]) << 8) | char.ToUpperInvariant(text[1]))
        : (ushort)0;

    /// <summary>The letters of such a number; "nowhere" for 0.</summary>
    public static string Letters(ushort code) => code == 0 ? "nowhere" : $"{(char)(code >> 8)}{(char)(code & 0xFF)}";
}
