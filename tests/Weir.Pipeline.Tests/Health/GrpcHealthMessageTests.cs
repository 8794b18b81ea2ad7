using Weir.Pipeline.Health;

namespace Weir.Pipeline.Tests.Health;

public sealed class GrpcHealthMessageTests
{
    [Fact]
    public void A_question_names_its_service()
    {
        Convert.ToHexStringLower(GrpcHealthMessage.Ask("")).ShouldBe("0000000000");
        Convert.ToHexStringLower(GrpcHealthMessage.Ask("a.B")).ShouldBe("00000000050a03612e42");
        byte[] large = GrpcHealthMessage.Ask(new string('x', 200));
        Convert.ToHexStringLower(large[..8]).ShouldBe("00000000cb0ac801");
        large.Length.ShouldBe(208);
    }

    [Theory]
    [InlineData("00000000020801", 1)]
    [InlineData("00000000020802", 2)]
    [InlineData("0000000000", 0)]
    [InlineData("000000000b0801120361626318051a00", 1)]
    [InlineData("00000000020801ff", null)]
    [InlineData("01000000020801", null)]
    [InlineData("000000000208", null)]
    [InlineData("00000000020880", null)]
    [InlineData("00000000020aff", null)]
    [InlineData("00000000010b", null)]
    [InlineData("", null)]
    [InlineData("0000000001ff", null)]
    public void An_answers_status_is_read_or_the_answer_is_none(string hex, int? status) =>
        GrpcHealthMessage.ReadStatus(Convert.FromHexString(hex)).ShouldBe(status);
}
