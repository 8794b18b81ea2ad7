using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;
using IPAddress = System.Net.IPAddress;

namespace Weir.Http.Tests.Fields;

public sealed class ForwardingFieldTests
{
    private static string Join(ReadOnlySpan<IpAddress> addresses)
    {
        StringBuilder text = new();
        foreach (IpAddress address in addresses)
        {
            text.Append(text.Length > 0 ? " " : "").Append(address.IsNone ? "-" : address.ToString());
        }

        return text.ToString();
    }

    [Theory]
    [InlineData("1.1.1.1", "1.1.1.1")]
    [InlineData("1.1.1.1, 2.2.2.2,3.3.3.3", "3.3.3.3 2.2.2.2 1.1.1.1")]
    [InlineData("1.1.1.1:80, [::1]:80, ::2, [::3]", "::3 ::2 ::1 1.1.1.1")]
    [InlineData("evil, 1.1.1.1", "1.1.1.1 -")]
    [InlineData("1.1.1.1, unknown", "- 1.1.1.1")]
    [InlineData("1.1.1.1,, ,2.2.2.2", "2.2.2.2 1.1.1.1")]
    [InlineData("01.1.1.1, 1.1.1.1:x y, 1.1.1.1x, [::1, ::1]", "- - - - -")]
    [InlineData("1.1.1.1|2.2.2.2, 3.3.3.3", "3.3.3.3 2.2.2.2 1.1.1.1")]
    [InlineData("1.1.1.1, 2.2.2.2, 3.3.3.3, 4.4.4.4, 5.5.5.5, 6.6.6.6", "6.6.6.6 5.5.5.5 4.4.4.4 3.3.3.3 2.2.2.2")]
    [InlineData("1.1.1.1, 2.2.2.2, 3.3.3.3, 4.4.4.4, 5.5.5.5, 6.6.6.6, 7.7.7.7", "7.7.7.7 6.6.6.6 5.5.5.5 4.4.4.4 3.3.3.3")]
    [InlineData("1.1.1.1, 2.2.2.2, 3.3.3.3, 4.4.4.4, 5.5.5.5", "5.5.5.5 4.4.4.4 3.3.3.3 2.2.2.2 1.1.1.1")]
    public void X_forwarded_for_is_read_nearest_first(string values, string expected)
    {
        HeaderFields fields = new();
        foreach (string value in values.Split('|'))
        {
            fields.Add("X-Forwarded-For", value);
        }

        IpAddress[] room = new IpAddress[5];
        int count = XForwardedFor.Read(fields, room);
        Join(room.AsSpan(0, count)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("for=1.1.1.1", "1.1.1.1")]
    [InlineData("for=1.1.1.1, FOR=\"[2001:db8::1]:80\"; proto=http;by=x", "2001:db8::1 1.1.1.1")]
    [InlineData("by=x;for=\"1.1.1.1:80\"", "1.1.1.1")]
    [InlineData("for=unknown, for=_hidden, proto=http", "- - -")]
    [InlineData("for=1.1.1.1;for=2.2.2.2", "-")]
    [InlineData("for=\"a,b\", for=1.1.1.1", "1.1.1.1 -")]
    [InlineData("host=\"a;for=9.9.9.9\";for=1.1.1.1", "1.1.1.1")]
    [InlineData("for=\"1.1.1.1, for=2.2.2.2", "-")]
    [InlineData("garbage", "-")]
    public void Forwarded_is_read_nearest_first(string value, string expected)
    {
        HeaderFields fields = new();
        fields.Add("Forwarded", value);
        IpAddress[] room = new IpAddress[5];
        int count = ForwardedField.Read(fields, room);
        Join(room.AsSpan(0, count)).ShouldBe(expected);
    }

    [Theory]
    [InlineData("1.2.3.4", "a.example", true, "_edge", "for=1.2.3.4;by=_edge;host=a.example;proto=https")]
    [InlineData("::1", "a:8080", false, "", "for=\"[::1]\";host=\"a:8080\";proto=http")]
    [InlineData("", "[::1]", false, "", "for=unknown;host=\"[::1]\";proto=http")]
    [InlineData("1.2.3.4", "", false, "", "for=1.2.3.4;proto=http")]
    public void An_element_is_appended_quoted_where_needed(string peer, string host, bool isHttps, string by, string expected)
    {
        HeaderFields fields = new();
        fields.Add("Forwarded", "for=9.9.9.9");
        IpAddress address = peer.Length == 0 ? IpAddress.None : IpAddress.From(IPAddress.Parse(peer));
        ForwardedField.Append(fields, address, Encoding.ASCII.GetBytes(host), isHttps, Encoding.ASCII.GetBytes(by));
        fields.ToString().ShouldBe($"Forwarded: for=9.9.9.9\r\nForwarded: {expected}\r\n");
        IpAddress[] room = new IpAddress[2];
        ForwardedField.Read(fields, room).ShouldBe(2);
        room[0].ShouldBe(address);
    }

    [Fact]
    public void An_address_is_appended_to_x_forwarded_for()
    {
        HeaderFields fields = new();
        XForwardedFor.Append(fields, IpAddress.FromIPv4(0x01020304));
        XForwardedFor.Append(fields, IpAddress.None);
        fields.ToString().ShouldBe("X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-For: unknown\r\n");
    }

    [Fact]
    public void Via_is_appended_and_its_pseudonyms_counted()
    {
        HeaderFields fields = new();
        fields.Add("Via", "1.0 other, 1.1 WEIR (a, weir), HTTP/1.1 weir2, 1.1 weir:80, weir");
        ViaField.Count(fields, "weir"u8).ShouldBe(1);
        ViaField.Append(fields, HttpVersion.Http11, "weir"u8);
        ViaField.Append(fields, HttpVersion.Http10, "weir"u8);
        ViaField.Append(fields, HttpVersion.Http2, "weir"u8);
        ViaField.Count(fields, "weir"u8).ShouldBe(4);
        fields.ToString().ShouldEndWith("Via: 1.1 weir\r\nVia: 1.0 weir\r\nVia: 2 weir\r\n");
    }

    [Fact]
    public void Proxy_status_is_appended_as_a_structured_field()
    {
        HeaderFields fields = new();
        ProxyStatusField.Append(fields, "weir"u8, "connection_timeout"u8, "say \"no\" \\ \u00e4"u8);
        ProxyStatusField.Append(fields, "a name"u8, "dns_error", "");
        fields.ToString().ShouldBe(
            "Proxy-Status: weir;error=connection_timeout;details=\"say \\\"no\\\" \\\\ ??\"\r\nProxy-Status: \"a name\";error=dns_error\r\n");
    }
}
