using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace Weir.Cache.Purging;

/// <summary>
/// Conditions as people write them, all of which must hold: `status >= 500 and content-type == text/html and age > 1h`. What is compared:
/// status, size (octets, KiB, MiB, GiB), age (s, m, h, d), content-type, host, path, header.NAME. Texts know == and !=, where a * at the
/// end stands for anything.
/// </summary>
public sealed class PurgeConditions : IPurgePredicate
{
    /// <summary>Characters of a text.</summary>
    public const int MostOctets = 1_024;

    private readonly Condition[] _conditions;

    private PurgeConditions(string text, Condition[] conditions)
    {
        Text = text;
        _conditions = conditions;
    }

    /// <inheritdoc/>
    public string Text { get; }

    /// <summary>Reads conditions; false, and what is wrong with them.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IPurgePredicate? predicate, [NotNullWhen(false)] out string? error)
    {
        predicate = null;
        if (text.Length > MostOctets)
        {
            error = $"Conditions have at most {MostOctets} characters.";
            return false;
        }

        List<Condition> conditions = [];
        foreach (string part in text.Replace("&&", " and ", StringComparison.Ordinal).Split(" and "))
        {
            if (!TryParseOne(part.Trim(), out Condition condition, out error))
            {
                return false;
            }

            conditions.Add(condition);
        }

        error = null;
        predicate = new PurgeConditions(text, [.. conditions]);
        return true;
    }

    /// <inheritdoc/>
    public bool Matches(in PurgeSubject subject, long nowSeconds)
    {
        foreach (Condition condition in _conditions)
        {
            if (!condition.Holds(subject, nowSeconds))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryParseOne(string text, out Condition condition, [NotNullWhen(false)] out string? error)
    {
        condition = default;
        int start = text.IndexOfAny(['=', '!', '<', '>']);
        int end = start < 0 ? -1 : start + (start + 1 < text.Length && text[start + 1] == '=' ? 2 : 1);
        if (start <= 0 || end >= text.Length)
        {
            error = $"\"{text}\" is no condition. Write e.g. status == 404, size > 1MiB, age > 1h, content-type == text/*, host == a.example, "
                + "path == /blog/*, header.X-Team == shop, joined by and.";
            return false;
        }

        string name = text[..start].Trim().ToLowerInvariant();
        string sign = text[start..end];
        string value = text[end..].Trim().Trim('"');
        if (sign is "=" or "!")
        {
            error = $"\"{sign}\" in \"{text}\" compares nothing. Write ==, !=, <, <=, > or >=.";
            return false;
        }

        return name is "status" or "size" or "age"
            ? TryParseNumber(name, sign, value, out condition, out error)
            : TryParseText(name, sign, value, out condition, out error);
    }

    private static bool TryParseNumber(
        string name, string sign, string value, out Condition condition, [NotNullWhen(false)] out string? error)
    {
        condition = default;
        int digits = value.AsSpan().IndexOfAnyExceptInRange('0', '9') is var other and >= 0 ? other : value.Length;
        long unit = (name, value[digits..].Trim()) switch
        {
            ("status", "") => 1,
            ("size", "" or "B") => 1,
            ("size", "KiB") => 1L << 10,
            ("size", "MiB") => 1L << 20,
            ("size", "GiB") => 1L << 30,
            ("age", "s") => 1,
            ("age", "m") => 60,
            ("age", "h") => 3_600,
            ("age", "d") => 86_400,
            _ => 0,
        };
        if (unit == 0 || !long.TryParse(value.AsSpan(0, digits), CultureInfo.InvariantCulture, out long number)
            || number > long.MaxValue / unit)
        {
            error = $"\"{value}\" is no {name}. Write " + (name == "age" ? "e.g. 90s, 5m, 1h or 7d." : name == "size" ? "e.g. 100KiB." : "e.g. 404.");
            return false;
        }

        error = null;
        condition = new Condition(name, sign, [], number * unit);
        return true;
    }

    private static bool TryParseText(
        string name, string sign, string value, out Condition condition, [NotNullWhen(false)] out string? error)
    {
        condition = default;
        if (name is not ("content-type" or "host" or "path") && !(name.StartsWith("header.", StringComparison.Ordinal) && name.Length > 7))
        {
            error = $"\"{name}\" is not known. Conditions speak of status, size, age, content-type, host, path and header.NAME.";
            return false;
        }

        if (sign is not ("==" or "!="))
        {
            error = $"{name} is a text: compare it by == or !=.";
            return false;
        }

        error = null;
        condition = new Condition(name, sign, Encoding.UTF8.GetBytes(value), 0);
        return true;
    }

    private readonly struct Condition
    {
        private readonly string _name;
        private readonly byte[] _field;
        private readonly string _sign;
        private readonly byte[] _text;
        private readonly bool _isPrefix;
        private readonly long _number;

        public Condition(string name, string sign, byte[] text, long number)
        {
            _name = name;
            _field = Encoding.ASCII.GetBytes(name.StartsWith("header.", StringComparison.Ordinal) ? name[7..] : name);
            _sign = sign;
            _isPrefix = text.AsSpan().EndsWith("*"u8);
            _text = _isPrefix ? text[..^1] : text;
            _number = number;
        }

        public bool Holds(in PurgeSubject subject, long nowSeconds) => _name switch
        {
            "status" => Compare(subject.Status),
            "size" => Compare(subject.BodyOctets),
            "age" => Compare(nowSeconds - subject.ReceivedSeconds),
            "host" => KeyParts.TryRead(subject.Key, out KeyParts parts) && IsEqual(parts.Host) == (_sign == "=="),
            "path" => KeyParts.TryRead(subject.Key, out KeyParts parts) && IsEqual(PathOf(parts.Target)) == (_sign == "=="),
            _ => (subject.TryFindField(_field, out ReadOnlySpan<byte> value) && IsEqual(ValueOf(value))) == (_sign == "=="),
        };

        private static ReadOnlySpan<byte> PathOf(ReadOnlySpan<byte> target) =>
            target.IndexOf((byte)'?') is var question and >= 0 ? target[..question] : target;

        // A content type without its parameters.
        private ReadOnlySpan<byte> ValueOf(ReadOnlySpan<byte> value) =>
            _name == "content-type" && value.IndexOf((byte)';') is var end and >= 0 ? value[..end].TrimEnd((byte)' ') : value;

        private bool Compare(long value) => _sign switch
        {
            "==" => value == _number,
            "!=" => value != _number,
            "<" => value < _number,
            "<=" => value <= _number,
            ">" => value > _number,
            _ => value >= _number,
        };

        private bool IsEqual(ReadOnlySpan<byte> value) =>
            _isPrefix ? value.Length >= _text.Length
                && Ascii.EqualsIgnoreCase(value[.._text.Length], _text) : Ascii.EqualsIgnoreCase(value, _text);
    }
}
