using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using Weir.Expressions.Tests.Testing;

namespace Weir.Expressions.Tests.Fuzzing;

/// <summary>Draws well-formed expressions together with what they must be worth. Texts are strings of Latin-1 here.</summary>
internal sealed class Drafter(Random random)
{
    private static readonly string[] _texts = ["", "a", "GET", "POST", "/admin", "/admin/users", "one", "Two", "one, Two", "shop.example.com", "text/html", "1, 2", "x y"];
    private static readonly string[] _patterns = ["^/a", "users$", "[a-z]+\\.[a-z]+", "^$", "o(n|m)e", "T?wo", "\\d", ".", "x{1,3}"];
    private static readonly string[] _names = ["accept", "X-KEY", "x-none", "user-agent"];
    private static readonly string[] _ranges = ["192.0.2.0/24", "10.0.0.0/8", "2001:db8::/32", "192.0.2.9", "0.0.0.0/0"];

    public Draft<bool> Bool(int depth)
    {
        if (depth <= 0)
        {
            return random.Next(4) switch { 0 => Fixed(true), 1 => Fixed(false), 2 => InRanges(), _ => Has() };
        }

        switch (random.Next(12))
        {
            case 0:
                Draft<bool> one = Bool(depth - 1);
                return new($"!({one.Text})", message => !one.Value(message));
            case 1:
                return Join(" && ", depth, all => all.All(value => value));
            case 2:
                return Join(" || ", depth, all => all.Any(value => value));
            case 3:
                (Draft<bool> condition, Draft<bool> first, Draft<bool> second) = (Bool(depth - 1), Bool(depth - 1), Bool(depth - 1));
                return new($"(({condition.Text}) ? {first.Text} : ({second.Text}))", message => condition.Value(message) ? first.Value(message) : second.Value(message));
            case 4:
                return CompareNumbers(depth);
            case 5:
                return CompareTexts(depth);
            case 6:
                return Search(depth);
            case 7:
                Draft<string> text = Text(depth - 1);
                string pattern = Pick(_patterns);
                return new($"({text.Text}).matches(r\"{pattern}\")", message => Regex.IsMatch(text.Value(message), pattern, RegexOptions.None, TimeSpan.FromSeconds(5)));
            case 8:
                return InList(depth);
            case 9:
                (Draft<bool> left, Draft<bool> right) = (Bool(depth - 1), Bool(depth - 1));
                return new($"(({left.Text}) == ({right.Text}))", message => left.Value(message) == right.Value(message));
            case 10:
                return InRanges();
            default:
                return Has();
        }
    }

    private Draft<string> Text(int depth)
    {
        if (depth <= 0)
        {
            string constant = Pick(_texts);
            string name = Pick(_names);
            return random.Next(8) switch
            {
                0 => new("request.method", message => message.Method),
                1 => new("request.path", message => message.Path),
                2 => new("request.host", message => message.Host),
                3 => new($"request.headers[\"{name}\"]", message => Headers(message.Headers, name)),
                4 => new("response.headers.server", message => Headers(message.ResponseHeaders, "server")),
                5 => new("request.params.a", message => Params(message, "a")),
                6 => new("request.cookies['sid']", message => Cookies(message, "sid")),
                _ => new(random.Next(2) == 0 ? $"'{constant}'" : $"\"{constant}\"", _ => constant),
            };
        }

        switch (random.Next(6))
        {
            case 0:
                Draft<string> any = Text(depth - 1);
                return new($"({any.Text}).lowerAscii()", message => any.Value(message).ToLowerInvariant());
            case 1:
                Draft<string> other = Text(depth - 1);
                return new($"({other.Text}).upperAscii()", message => other.Value(message).ToUpperInvariant());
            case 2:
                (Draft<string> left, Draft<string> right) = (Text(depth - 1), Text(depth - 1));
                return new($"({left.Text} + {right.Text})", message => left.Value(message) + right.Value(message));
            case 3:
                Draft<long> number = Number(depth - 1);
                return new($"string({number.Text})", message => number.Value(message).ToString(CultureInfo.InvariantCulture));
            case 4:
                (Draft<bool> condition, Draft<string> first, Draft<string> second) = (Bool(depth - 1), Text(depth - 1), Text(depth - 1));
                return new($"({condition.Text} ? {first.Text} : {second.Text})", message => condition.Value(message) ? first.Value(message) : second.Value(message));
            default:
                return random.Next(2) == 0 ? new("string(client.ip)", message => IPAddress.Parse(message.Client).ToString()) : Text(0);
        }
    }

    private Draft<long> Number(int depth)
    {
        long constant = random.Next(3) == 0 ? random.NextInt64(long.MaxValue) : random.Next(1000);
        if (depth <= 0)
        {
            return random.Next(3) switch
            {
                0 => new("response.status", message => message.Status),
                1 => new("request.port", _ => 8443),
                _ => new(constant.ToString(CultureInfo.InvariantCulture), _ => constant),
            };
        }

        (Draft<long> left, Draft<long> right) = (Number(depth - 1), Number(depth - 1));
        Draft<string> text = Text(depth - 1);
        long divisor = random.Next(1, 50);
        return random.Next(6) switch
        {
            0 => new($"({left.Text} + {right.Text})", message => Clamp((Int128)left.Value(message) + right.Value(message))),
            1 => new($"({left.Text} - {right.Text})", message => Clamp((Int128)left.Value(message) - right.Value(message))),
            2 => new($"({left.Text} * {right.Text})", message => Clamp((Int128)left.Value(message) * right.Value(message))),
            3 => new($"({left.Text} / {divisor})", message => left.Value(message) / divisor),
            4 => new($"(-{left.Text} % {divisor})", message => -left.Value(message) % divisor),
            _ => new($"size({text.Text})", message => text.Value(message).Length),
        };
    }

    private static long Clamp(Int128 value) => (long)Int128.Clamp(value, long.MinValue, long.MaxValue);

    private Draft<bool> Join(string sign, int depth, Func<IEnumerable<bool>, bool> combine)
    {
        Draft<bool>[] all = [.. Enumerable.Range(0, random.Next(2, 5)).Select(_ => Bool(depth - 1))];
        return new("(" + string.Join(sign, all.Select(one => one.Text)) + ")", message => combine(all.Select(one => one.Value(message))));
    }

    private Draft<bool> CompareNumbers(int depth)
    {
        (Draft<long> left, Draft<long> right) = (Number(depth - 1), Number(depth - 1));
        (string sign, Func<int, bool> holds) = Order();
        return new($"{left.Text} {sign} {right.Text}", message => holds(left.Value(message).CompareTo(right.Value(message))));
    }

    private Draft<bool> CompareTexts(int depth)
    {
        (Draft<string> left, Draft<string> right) = (Text(depth - 1), Text(depth - 1));
        (string sign, Func<int, bool> holds) = Order();
        return new($"{left.Text}{sign}{right.Text}", message => holds(string.CompareOrdinal(left.Value(message), right.Value(message))));
    }

    private (string Sign, Func<int, bool> Holds) Order() => random.Next(6) switch
    {
        0 => ("==", order => order == 0),
        1 => ("!=", order => order != 0),
        2 => ("<", order => order < 0),
        3 => ("<=", order => order <= 0),
        4 => (">", order => order > 0),
        _ => (">=", order => order >= 0),
    };

    private Draft<bool> Search(int depth)
    {
        (Draft<string> text, Draft<string> part) = (Text(depth - 1), Text(depth - 1));
        string constant = Pick(_texts[1..]);
        return random.Next(3) switch
        {
            0 => new($"({text.Text}).startsWith({part.Text})", message => text.Value(message).StartsWith(part.Value(message), StringComparison.Ordinal)),
            1 => new($"({text.Text}).endsWith({part.Text})", message => text.Value(message).EndsWith(part.Value(message), StringComparison.Ordinal)),
            _ => new($"({text.Text}).contains('{constant}')", message => text.Value(message).Contains(constant, StringComparison.Ordinal)),
        };
    }

    private Draft<bool> InList(int depth)
    {
        Draft<string> text = Text(depth - 1);
        string[] list = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Pick(_texts))];
        return new(
            $"({text.Text}) in [{string.Join(", ", list.Select(entry => $"'{entry}'"))}]", message => list.Contains(text.Value(message)));
    }

    private Draft<bool> InRanges()
    {
        string[] ranges = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => Pick(_ranges))];
        return new(
            $"client.ip in [{string.Join(",", ranges.Select(range => $"\"{range}\""))}]",
            message => ranges.Any(range => IPNetwork.Parse(range.Contains('/') ? range : range + "/32").Contains(IPAddress.Parse(message.Client))));
    }

    private Draft<bool> Has()
    {
        string name = Pick(_names);
        return random.Next(3) switch
        {
            0 => new($"has(request.headers['{name}'])", message => message.Headers.Any(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))),
            1 => new("'b' in request.params", message => message.Query.Split('&').Any(pair => pair.Split('=')[0] == "b")),
            _ => new("has(request.cookies.sid)", message => Cookies(message, "sid").Length > 0),
        };
    }

    private static Draft<bool> Fixed(bool value) => new(value ? "true" : "false", _ => value);

    private static string Headers((string Name, string Value)[] headers, string name) =>
        string.Join(", ", headers.Where(field => field.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Select(field => field.Value));

    private static string Params(Message message, string name) => string.Join(", ", message.Query.Split('&')
        .Select(pair => pair.Split('=', 2))
        .Where(pair => WebUtility.UrlDecode(pair[0]) == name)
        .Select(pair => WebUtility.UrlDecode(pair.Length > 1 ? pair[1] : "")));

    private static string Cookies(Message message, string name) => string.Join(", ", message.Headers
        .Where(field => field.Name == "Cookie")
        .SelectMany(field => field.Value.Split(';'))
        .Select(pair => pair.Trim().Split('=', 2))
        .Where(pair => pair.Length == 2 && pair[0] == name)
        .Select(pair => pair[1]));

    private string Pick(string[] from) => from[random.Next(from.Length)];
}
