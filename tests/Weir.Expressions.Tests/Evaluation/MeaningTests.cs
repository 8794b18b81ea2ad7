using Weir.Abstractions.Exchanges;
using Weir.Expressions.Tests.Testing;

namespace Weir.Expressions.Tests.Evaluation;

public sealed class MeaningTests
{
    [Theory]
    [InlineData("true")]
    [InlineData("!false && (false || true)")]
    [InlineData("request.method == 'GET'")]
    [InlineData("request.method in [\"GET\", \"HEAD\"]")]
    [InlineData("!(request.method in ['POST'])")]
    [InlineData("request.path.startsWith(\"/admin\")")]
    [InlineData("request.path.endsWith('users') && request.path.contains('in/us')")]
    [InlineData(@"request.path.matches(r""^/a\w+/"")")]
    [InlineData("!request.path.matches('^users')")]
    [InlineData("request.host.upperAscii() == 'SHOP.EXAMPLE.COM'")]
    [InlineData("request.headers['ACCEPT'] == 'text/html'")]
    [InlineData("request.headers.accept == \"text/html\"")]
    [InlineData("request.headers['x-key'] == 'one, Two'")]
    [InlineData("request.headers['x-key'].lowerAscii().contains('two')")]
    [InlineData("request.headers['x-missing'] == '' && !has(request.headers['x-missing'])")]
    [InlineData("has(request.headers.accept) && 'accept' in request.headers")]
    [InlineData("request.cookies.theme == 'dark' && 'sid' in request.cookies && !('SID' in request.cookies)")]
    [InlineData("request.params.a == '1, 2' && request.params.b == 'x y' && size(request.params) == 3")]
    [InlineData("!has(request.params.c) && has(request.params['b'])")]
    [InlineData("client.ip in '192.0.2.0/24' && !(client.ip in ['10.0.0.0/8', '2001:db8::/32'])")]
    [InlineData("client.ip == '192.0.2.9' && client.ip != '192.0.2.8' && string(client.ip) == '192.0.2.9'")]
    [InlineData("client.port == 50123 && server.port == 443 && server.ip == '198.51.100.1'")]
    [InlineData("request.port + 1 == 8444 && request.port % 1000 == 443 && request.port / 1000 == 8 && -request.port < 0")]
    [InlineData("9223372036854775807 + 1 == 9223372036854775807 && 0 - 9223372036854775807 - 2 < 0 - 9223372036854775807")]
    [InlineData("1 + 2 * 3 == 7 && (1 + 2) * 3 == 9 && 10 - 3 - 2 == 5 && 0x10 == 16")]
    [InlineData("request.path.size() == 12 && size(request.headers) == 5")]
    [InlineData("(request.method == 'GET' ? 1 : 2) == 1 && (false ? 'a' : 'b') == 'b'")]
    [InlineData("'a' < 'b' && 'a' <= 'a' && 'b' > 'aa' && !('a' >= 'b')")]
    [InlineData("request.host + ':' + string(request.port) == 'shop.example.com:8443'")]
    [InlineData("response.status >= 200 && response.status < 300 && response.headers.server.startsWith('Origin/')")]
    [InlineData("tls.used && !tls.resumed && tls.version == '' && !has(tls.server_name)")]
    [InlineData("request.scheme == 'https' && request.version == 'HTTP/1.1'")]
    [InlineData("true == true && (request.method == 'GET') != false")]
    [InlineData("// a comment\n request.method == 'GET' // another")]
    [InlineData("'tab\\there \\x41 \\u00e4' == 'tab\\there A ä'")]
    [InlineData("[client.ip, request.host] == 1 ? true : true", false)]
    public void An_expression_means_what_the_reference_says(string text, bool isRead = true)
    {
        ExpressionCompiler.TryCompile(text, ExpressionScope.All, out Condition? condition, out ExpressionError? error).ShouldBe(
            isRead, error?.Cause);
        if (isRead)
        {
            condition!.Holds(new Message().ToExchange()).ShouldBeTrue();
        }
    }

    [Fact]
    public void Cookies_in_several_fields_are_one_list()
    {
        Message message = new() { Headers = [("Cookie", "a=1"), ("Cookie", "b=2; a=3")] };
        Holds(message, "request.headers.cookie == 'a=1; b=2; a=3' && request.cookies.a == '1, 3' && size(request.cookies) == 3").ShouldBeTrue();
    }

    [Fact]
    public void A_tag_is_seen_once_it_is_set()
    {
        ExpressionCompiler.TryCompile("'meaning-test' in tags", ExpressionScope.All, out Condition? condition, out _).ShouldBeTrue();
        Exchange exchange = new Message().ToExchange();
        condition!.Holds(exchange).ShouldBeFalse();
        ExchangeTags.TryFind("meaning-test", out ulong tag).ShouldBeTrue();
        exchange.Tags |= tag;
        condition.Holds(exchange).ShouldBeTrue();
    }

    [Fact]
    public void Claims_are_those_that_a_module_above_has_verified()
    {
        const string Text = "claims['sub'] == 'bea' && claims.sub == 'bea' && 'sub' in claims && !('https://a.test/no' in claims) && size(claims) == 1";
        ExpressionCompiler.TryCompile(Text, ExpressionScope.All, out Condition? condition, out _).ShouldBeTrue();
        Exchange exchange = new Message().ToExchange();
        condition!.Holds(exchange).ShouldBeFalse();
        ClaimNames.TryFind("sub", out int index).ShouldBeTrue();
        byte[]?[] values = new byte[index + 1][];
        exchange.Claims = new ExchangeClaims(values);
        condition.Holds(exchange).ShouldBeFalse();
        values[index] = "bea"u8.ToArray();
        condition.Holds(exchange).ShouldBeTrue();
    }

    [Fact]
    public void What_it_reads_is_told_beforehand()
    {
        ExpressionCompiler.TryCompile("request.method == 'GET'", ExpressionScope.All, out Condition? first, out _).ShouldBeTrue();
        ExpressionCompiler.TryCompile("request.method == 'GET' || response.status == 404", ExpressionScope.All, out Condition? second, out _).ShouldBeTrue();
        first!.Needs.ShouldBe(ExpressionNeeds.None);
        second!.Needs.ShouldBe(ExpressionNeeds.Response);
    }

    [Fact]
    public void Keys_of_parts_differ_where_any_part_does()
    {
        ExpressionCompiler.TryCompileKey("[request.method, request.headers['x']]", ExpressionScope.Request, out KeyExpression? key, out _).ShouldBeTrue();
        byte[] first = Read("AB", "C");
        first.ShouldBe(Read("AB", "C"));
        first.ShouldNotBe(Read("A", "BC"));
        first.ShouldNotBe(Read("ABC", ""));

        byte[] Read(string method, string header) =>
            key!.Read(new Message { Method = method, Headers = [("X", header)] }.ToExchange()).ToArray();
    }

    [Fact]
    public void A_key_of_an_address_is_the_network_for_IPv6()
    {
        ExpressionCompiler.TryCompileKey("client.ip", ExpressionScope.Request, out KeyExpression? key, out _).ShouldBeTrue();
        Read("2001:db8::1").ShouldBe(Read("2001:db8::2"));
        Read("2001:db8::1").ShouldNotBe(Read("2001:db8:0:1::1"));
        Read("192.0.2.1").ShouldNotBe(Read("192.0.2.2"));

        byte[] Read(string client) => key!.Read(new Message { Client = client }.ToExchange()).ToArray();
    }

    [Theory]
    [InlineData("request.path.startsWith('/x') || request.headers['user-agent'].contains('sqlmap')")]
    [InlineData("request.headers['x-key'].lowerAscii().matches('^one.*two$') && request.params.a == '1, 2'")]
    [InlineData("string(client.ip) + request.host + string(request.port) == 'x' || client.ip in ['10.0.0.0/8']")]
    public void Asking_allocates_nothing(string text)
    {
        ExpressionCompiler.TryCompile(text, ExpressionScope.All, out Condition? condition, out _).ShouldBeTrue();
        Exchange exchange = new Message().ToExchange();
        for (int i = 0; i < 2000; i++)
        {
            condition!.Holds(exchange);
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            condition!.Holds(exchange);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static bool Holds(Message message, string text)
    {
        ExpressionCompiler.TryCompile(text, ExpressionScope.All, out Condition? condition, out ExpressionError? error).ShouldBeTrue(error?.Cause);
        return condition!.Holds(message.ToExchange());
    }
}
