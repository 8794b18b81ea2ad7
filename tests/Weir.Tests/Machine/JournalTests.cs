using Weir.Machine;

namespace Weir.Tests.Machine;

public sealed class JournalTests
{
    [Theory]
    [InlineData("8:12345", "socket:[12345]", true)]
    [InlineData("8:12345", "socket:[54321]", false)]
    [InlineData("8:12345", "/dev/pts/0", false)]
    [InlineData("8:12345", null, false)]
    [InlineData("8:", "socket:[]", false)]
    [InlineData("12345", "socket:[12345]", false)]
    [InlineData(null, "socket:[12345]", false)]
    public void The_journal_reads_standard_error_where_its_socket_is_the_named_one(string? stream, string? target, bool isJournal) =>
        Journal.Reads(stream, target).ShouldBe(isJournal);
}
