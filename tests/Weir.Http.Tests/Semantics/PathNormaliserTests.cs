using System.Text;
using Weir.Http.Http1;
using Weir.Http.Semantics;

namespace Weir.Http.Tests.Semantics;

public sealed class PathNormaliserTests
{
    [Fact]
    public void Normalising_in_place_and_twice_gives_the_same_as_once()
    {
        Random random = new(20260101);
        string[] pieces = ["/", "/a", "/.", "/..", "/%2e", "/%2E%2e", "/b%2Fc", "/%41", "/%e4", "//", ";x", ".", "a", "%25"];
        for (int round = 0; round < 5000; round++)
        {
            string path = "/" + string.Concat(Enumerable.Range(0, random.Next(8)).Select(_ => pieces[random.Next(pieces.Length)]));
            byte[] octets = Encoding.ASCII.GetBytes(path);
            byte[] target = new byte[octets.Length];
            RejectReason reason = PathNormaliser.Normalise(octets, target, out int written);
            PathNormaliser.Normalise(octets, octets, out int inPlace).ShouldBe(reason);
            inPlace.ShouldBe(written, path);
            if (reason != RejectReason.None)
            {
                reason.ShouldBe(RejectReason.PathAboveRoot);
                continue;
            }

            string once = Encoding.ASCII.GetString(target, 0, written);
            Encoding.ASCII.GetString(octets, 0, inPlace).ShouldBe(once, path);
            byte[] again = new byte[written];
            PathNormaliser.Normalise(target.AsSpan(0, written), again, out int twice).ShouldBe(RejectReason.None);
            Encoding.ASCII.GetString(again, 0, twice).ShouldBe(once, path);
            once.ShouldStartWith("/");
            once.Split('/').ShouldNotContain(segment => segment == "." || segment == "..");
        }
    }

    [Theory]
    [InlineData("/a/b", true)]
    [InlineData("", true)]
    [InlineData("/a/./b", false)]
    [InlineData("/.well-known", false)]
    [InlineData("/a%20", false)]
    public void Check_says_whether_a_path_needs_work(string path, bool isNormal)
    {
        PathNormaliser.Check(Encoding.ASCII.GetBytes(path), out bool found).ShouldBe(RejectReason.None);
        found.ShouldBe(isNormal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    public void A_path_begins_with_a_slash(string path) =>
        PathNormaliser.Normalise(Encoding.ASCII.GetBytes(path), new byte[8], out _).ShouldBe(RejectReason.BadTargetForm);
}
