using Weir.Http.Http1;

namespace Weir.Http.Tests.Http1;

public sealed class RejectReasonsTests
{
    [Fact]
    public void Every_reason_has_a_row_of_its_own()
    {
        HashSet<string> names = [];
        RejectReasons.Count.ShouldBe(Enum.GetValues<RejectReason>().Length);
        foreach (RejectReason reason in Enum.GetValues<RejectReason>())
        {
            names.Add(RejectReasons.Name(reason)).ShouldBeTrue();
            RejectReasons.Name(reason).ShouldMatch("^[a-z0-9_]+$");
            RejectReasons.Text(reason).ShouldEndWith(".");
            if (reason != RejectReason.None)
            {
                RejectReasons.Status(reason).ShouldBeInRange(400, 505);
            }
        }
    }
}
