using Weir.Pipeline.Routing;

namespace Weir.Pipeline.Tests.Routing;

public sealed class PathAmbiguityTests
{
    [Theory]
    [InlineData("/x%2Fadmin")]
    [InlineData("/admin%2Fx")]
    [InlineData("/admin%2fx")]
    [InlineData("/x%2F..%2Fadmin/y")]
    [InlineData("/x/..%2Fadmin")]
    [InlineData("/..%2Fadmin")]
    [InlineData("//admin/x")]
    [InlineData("/;a/admin")]
    [InlineData("/admin;a=b/x")]
    [InlineData("/admin;a=b")]
    [InlineData("/x/..;/admin")]
    [InlineData("/x/..%3B/admin")]
    [InlineData("/x/..;a%2Fadmin")]
    [InlineData("/x/;y/..%2F../admin")]
    [InlineData("/x;y%2F..%2F..%2Fadmin")]
    [InlineData("/a%2F%2F..%2F..%2Fadmin")]
    public void A_path_that_some_origin_reads_as_another_route_is_ambiguous(string path) =>
        Routes.Table("/admin/*", "/x/admin", "/*").Find(Requests.Of("GET", path)).IsAmbiguous.ShouldBeTrue();

    [Theory]
    [InlineData("/x%2Fy")]
    [InlineData("/x//y")]
    [InlineData("/x;jsessionid=1/y;a")]
    [InlineData("/admin/x//y%2Fz;a")]
    [InlineData("/admin/a%2F..%2Fb")]
    [InlineData("/x%20y%252F")]
    [InlineData("/plain/path")]
    [InlineData("/x/..%2f%2fy")]
    public void A_path_that_every_reading_leads_to_one_route_is_not_ambiguous(string path) =>
        Routes.Table("/admin/*", "/x/admin", "/*").Find(Requests.Of("GET", path)).IsAmbiguous.ShouldBeFalse();

    [Fact]
    public void A_reading_that_no_route_takes_is_another_route_too() =>
        Routes.Table("/a/*", "/b").Find(Requests.Of("GET", "/a%2Fb")).IsAmbiguous.ShouldBeTrue();

    [Fact]
    public void Other_conditions_hold_for_every_reading()
    {
        RouteTable<string> table = new([Routes.Of("/admin/*", "POST"), Routes.Of("/*")]);
        table.Find(Requests.Of("POST", "//admin")).IsAmbiguous.ShouldBeTrue();
        table.Find(Requests.Of("GET", "//admin")).IsAmbiguous.ShouldBeFalse();
    }

    [Fact]
    public void A_very_long_path_that_can_be_read_otherwise_is_refused_rather_than_read()
    {
        string path = "/" + new string('x', 9000) + ";a";
        Routes.Table("/admin/*", "/*").Find(Requests.Of("GET", path)).IsAmbiguous.ShouldBeTrue();
        Routes.Table("/*").Find(Requests.Of("GET", path)).IsAmbiguous.ShouldBeFalse();
    }

    [Theory]
    [InlineData("/a;x/b", "/a/b")]
    [InlineData("/a%2Fb", "/a/b")]
    [InlineData("//a", "/a")]
    [InlineData("/a/..;x", "/a/..", "/")]
    [InlineData("/a;b%2Fc", "/a;b/c", "/a", "/a/c")]
    [InlineData("/a%2f.", "/a/.", "/a/")]
    [InlineData("/a%3Bx/b", "/a/b")]
    [InlineData("/a;x%2Fb%3by/c", "/a/c", "/a;x/b%3by/c", "/a/b/c")]
    [InlineData("/a%20b")]
    public void The_readings_of_a_path_are_these(string path, params string[] expected)
    {
        HashSet<string> found = [];
        byte[] octets = System.Text.Encoding.ASCII.GetBytes(path);
        OriginReadings readings = new(octets, new byte[octets.Length]);
        while (readings.MoveNext())
        {
            found.Add(System.Text.Encoding.ASCII.GetString(readings.Current));
        }

        found.ShouldBe(expected, ignoreOrder: true);
    }

    [Fact]
    public void A_reading_above_the_root_says_so()
    {
        OriginReadings readings = new("/..%2Fa"u8, new byte[7]);
        bool isAboveRoot = false;
        while (readings.MoveNext())
        {
            isAboveRoot |= readings.IsAboveRoot;
        }

        isAboveRoot.ShouldBeTrue();
    }
}
