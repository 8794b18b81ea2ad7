using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Pipeline.ErrorPages;

/// <summary>
/// Chooses the form of an error page by Accept (RFC 9110 section 12.5.1): the highest weight, then the form that is named most exactly,
/// then HTML, JSON, text. A client that takes none of them gets HTML: section 15.5.7 prefers an answer to a refusal.
/// </summary>
internal struct AcceptChoice
{
    private const int AnyRank = 0;
    private const int TypeRank = 1;
    private const int ExactRank = 2;

    private Liking _html;
    private Liking _json;
    private Liking _text;
    private bool _namesProblem;

    /// <summary>Reads all Accept fields.</summary>
    public static AcceptChoice Read(HeaderFields fields)
    {
        AcceptChoice choice = default;
        for (int slot = fields.Find(KnownField.Accept); slot >= 0; slot = fields.Find(KnownField.Accept, slot + 1))
        {
            foreach (QualityList member in new QualityList(fields.ValueAt(slot)))
            {
                choice.Add(member.Value, member.Quality);
            }
        }

        return choice;
    }

    /// <summary>The form to send.</summary>
    public readonly ErrorPageForm Form(bool allowsJson)
    {
        ErrorPageForm form = ErrorPageForm.Html;
        Liking best = _html;
        if (allowsJson && _json.IsAbove(best))
        {
            form = ErrorPageForm.Json;
            best = _json;
        }

        return _text.IsAbove(best) ? ErrorPageForm.Text : form;
    }

    /// <summary>Whether JSON was asked for by the name of RFC 9457.</summary>
    public readonly bool NamesProblem => _namesProblem;

    private void Add(ReadOnlySpan<byte> range, int quality)
    {
        int parameters = range.IndexOf((byte)';');
        ReadOnlySpan<byte> type = (parameters < 0 ? range : range[..parameters]).TrimEnd(" \t"u8);
        bool isProblem = Ascii.EqualsIgnoreCase(type, "application/problem+json"u8);
        _namesProblem |= isProblem && quality > 0;
        _html.Offer(Rank(type, "text/html"u8, "text/*"u8), quality);
        _json.Offer(isProblem ? ExactRank : Rank(type, "application/json"u8, "application/*"u8), quality);
        _text.Offer(Rank(type, "text/plain"u8, "text/*"u8), quality);
    }

    private static int Rank(ReadOnlySpan<byte> type, ReadOnlySpan<byte> exact, ReadOnlySpan<byte> group)
    {
        if (Ascii.EqualsIgnoreCase(type, exact))
        {
            return ExactRank;
        }

        return Ascii.EqualsIgnoreCase(type, group) ? TypeRank : type.SequenceEqual("*/*"u8) ? AnyRank : -1;
    }

    // How much a client likes a form: the weight of the most exact range that names it.
    private struct Liking
    {
        private int _quality;
        private int _rankPlusOne;

        public void Offer(int rank, int quality)
        {
            if (rank + 1 > _rankPlusOne || (rank + 1 == _rankPlusOne && rank >= 0 && quality > _quality))
            {
                _rankPlusOne = rank + 1;
                _quality = quality;
            }
        }

        public readonly bool IsAbove(Liking other) =>
            _quality > other._quality || (_quality == other._quality && _quality > 0 && _rankPlusOne > other._rankPlusOne);
    }
}
