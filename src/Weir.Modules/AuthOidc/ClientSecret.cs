using System.Text;

namespace Weir.Modules.AuthOidc;

/// <summary>The secret that a provider gave; it never shows itself.</summary>
internal sealed class ClientSecret
{
    private const int MostLetters = 1024;

    private ClientSecret(string text) => Text = text;

    /// <summary>The secret.</summary>
    public string Text { get; }

    /// <summary>Reads it; a line's end behind it does not belong to it. Mistakes never quote it.</summary>
    public static ClientSecret Parse(byte[] octets, List<string> mistakes)
    {
        string text = Encoding.UTF8.GetString(octets).TrimEnd('\r', '\n');
        if (text.Length is 0 or > MostLetters || text.Any(letter => letter is < ' ' or > '~'))
        {
            mistakes.Add(
                text.Length == 0 ? "It is empty." : $"It is no secret of up to {MostLetters} letters, digits and signs in one line.");
        }

        return new ClientSecret(text);
    }

    public override string ToString() => "(secret)";
}
