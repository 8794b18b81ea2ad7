using System.Text;
using Weir.Http.Semantics;

namespace Weir.Http.Tests.Semantics;

public sealed class PathAmbiguityTests
{
    private const PathReadings All = PathReadings.DecodeSlashes | PathReadings.MergeSlashes | PathReadings.DropParameters;

    [Theory]
    [InlineData("/a%2Fb", PathReadings.DecodeSlashes, "/a/b")]
    [InlineData("/a%2fb", PathReadings.DecodeSlashes, "/a/b")]
    [InlineData("/a/..%2f..%2fb", PathReadings.DecodeSlashes, null)]
    [InlineData("/a/x%2f..%2f..%2fb", PathReadings.DecodeSlashes, "/b")]
    [InlineData("/a//b", PathReadings.MergeSlashes, "/a/b")]
    [InlineData("/a//../b", PathReadings.MergeSlashes, "/b")]
    [InlineData("/a//../b", PathReadings.None, "/a/b")]
    [InlineData("//a", PathReadings.MergeSlashes, "/a")]
    [InlineData("/a///b//", PathReadings.MergeSlashes, "/a/b/")]
    [InlineData("/a;x=1/b;y", PathReadings.DropParameters, "/a/b")]
    [InlineData("/a/..;/b", PathReadings.DropParameters, "/b")]
    [InlineData("/..;/b", PathReadings.DropParameters, null)]
    [InlineData("/a%3bx/b", PathReadings.DropParameters, "/a/b")]
    [InlineData("/a;x%2Fb", PathReadings.DropParameters, "/a")]
    [InlineData("/a;x%2Fb", PathReadings.DropParameters | PathReadings.DecodeSlashes, "/a/b")]
    [InlineData("/a/;x/b", PathReadings.DropParameters, "/a//b")]
    [InlineData("/a/;x/b", PathReadings.DropParameters | PathReadings.MergeSlashes, "/a/b")]
    [InlineData("/a%2F/b", PathReadings.DecodeSlashes | PathReadings.MergeSlashes, "/a/b")]
    [InlineData("/a/%2e%2e;v=1%2Fb//c", All, "/b/c")]
    [InlineData("/a%2Fb;c//d", PathReadings.None, "/a%2Fb;c//d")]
    public void A_reading_gives_the_path_an_origin_would_see(string path, PathReadings readings, string? expected)
    {
        byte[] target = new byte[path.Length];
        bool isInside = PathAmbiguity.TryRead(Encoding.ASCII.GetBytes(path), readings, target, out int written);
        isInside.ShouldBe(expected is not null);
        if (expected is not null)
        {
            Encoding.ASCII.GetString(target, 0, written).ShouldBe(expected);
        }
    }

    [Theory]
    [InlineData("/", PathReadings.None)]
    [InlineData("/a/b%20c", PathReadings.None)]
    [InlineData("/a%2", PathReadings.None)]
    [InlineData("/a%2Fb", PathReadings.DecodeSlashes)]
    [InlineData("/a%2fb", PathReadings.DecodeSlashes)]
    [InlineData("/a//b", PathReadings.MergeSlashes)]
    [InlineData("/a/", PathReadings.None)]
    [InlineData("//", PathReadings.MergeSlashes)]
    [InlineData("/a;b", PathReadings.DropParameters)]
    [InlineData("/a%3Bb", PathReadings.DropParameters)]
    [InlineData("/a%2Fb//c;d", All)]
    public void The_readings_that_matter_are_found(string path, PathReadings readings) =>
        PathAmbiguity.Find(Encoding.ASCII.GetBytes(path)).ShouldBe(readings);
}
