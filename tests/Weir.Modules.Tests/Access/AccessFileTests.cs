using Weir.Abstractions.Modules;
using Weir.Modules.Access;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Access;

/// <summary>Lists in files; polls are made by the test, not by a timer.</summary>
public sealed class AccessFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-access-");
    private readonly HeardLog _log = new();
    private DateTime _writtenAt = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private string FilePath => Path.Combine(_folder.FullName, "list.txt");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_file_has_an_address_or_a_range_a_line_and_comments()
    {
        Write("# bad ones\n\n 192.0.2.0/24 # a network\n2001:db8::/32\r\n203.0.113.7\n");
        WatchedTable table = Open();
        table.Count.ShouldBe(3);
        Line(table, "192.0.2.9").ShouldBe(3);
        Line(table, "2001:db8::1").ShouldBe(4);
        Line(table, "203.0.113.7").ShouldBe(5);
        Line(table, "203.0.113.8").ShouldBe(0);
        table.Describe(table.Find(TestExchange.Address("203.0.113.7"))).ShouldBe("list.txt:5");
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("192.0.2.1/33")]
    [InlineData("192.0.2.1/24")]
    [InlineData("192.0.2")]
    [InlineData("192.0.2.1 192.0.2.2")]
    public void A_line_that_is_none_is_an_error_with_its_place(string line)
    {
        Write($"192.0.2.1\n{line}\n");
        Error().ShouldBe($"deny_file: list.txt:2: \"{line}\" is neither an address nor a range. "
            + "Write one address or range a line, as in 203.0.113.0/24; # begins a comment.");
    }

    [Fact]
    public void Many_mistakes_are_told_of_in_short()
    {
        Write(string.Concat(Enumerable.Repeat("x\n", 30)));
        TestBuilder builder = new(folder: _folder.FullName);
        new AccessFactory().Create((object)new AccessOptions { DenyFile = "list.txt" }, builder).ShouldBeNull();
        builder.Errors.Count.ShouldBe(11);
        builder.Errors[^1].ShouldContain("20 more such lines");
    }

    [Fact]
    public void A_file_that_is_not_there_is_an_error() => Error().ShouldStartWith("deny_file: \"list.txt\" cannot be read: ");

    [Fact]
    public void An_empty_allow_file_lets_nobody_in()
    {
        Write("");
        AccessOptions options = new() { AllowFile = "list.txt" };
        using AccessModule module = new TestBuilder(folder: _folder.FullName).Make(new AccessFactory(), options).ShouldBeOfType<AccessModule>();
        new TestExchange().RunRequest(module).ShouldBe(Verdict.Answered);
    }

    [Fact]
    public void A_changed_file_is_read_once_it_has_come_to_rest()
    {
        Write("192.0.2.1\n");
        WatchedTable table = Open();
        table.Poll();
        Write("192.0.2.2\n192.0.2.");
        table.Poll();
        Write("192.0.2.2\n192.0.2.3\n");
        table.Poll();
        Line(table, "192.0.2.1").ShouldBe(1);
        table.Poll();
        Line(table, "192.0.2.1").ShouldBe(0);
        Line(table, "192.0.2.3").ShouldBe(2);
        table.Poll();
        _log.Notes.ShouldBe(["list.txt read again: 2 ranges are in force."]);
        _log.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public void A_broken_or_vanished_file_leaves_the_last_good_list_and_is_told_of_once()
    {
        Write("192.0.2.1\n");
        WatchedTable table = Open();
        Write("192.0.2.1\nnonsense\n");
        PollOften(table);
        Line(table, "192.0.2.1").ShouldBe(1);
        _log.Warnings.ShouldHaveSingleItem().ShouldContain("list.txt:2");

        File.Delete(FilePath);
        PollOften(table);
        Line(table, "192.0.2.1").ShouldBe(1);
        _log.Warnings.Count.ShouldBe(2);
        _log.Warnings[^1].ShouldContain("cannot be read");

        Write("192.0.2.5\n");
        PollOften(table);
        Line(table, "192.0.2.1").ShouldBe(0);
        Line(table, "192.0.2.5").ShouldBe(1);
        _log.Notes.Count.ShouldBe(1);
    }

    private static void PollOften(WatchedTable table)
    {
        for (int i = 0; i < 5; i++)
        {
            table.Poll();
        }
    }

    private static int Line(WatchedTable table, string address) => table.Find(TestExchange.Address(address)).Number;

    // Each writing has a time of its own: two within a tick of the file system would look alike.
    private void Write(string text)
    {
        File.WriteAllText(FilePath, text);
        File.SetLastWriteTimeUtc(FilePath, _writtenAt = _writtenAt.AddSeconds(1));
    }

    private WatchedTable Open()
    {
        List<(IAddressSource File, string Text)> mistakes = [];
        WatchedTable table = new(
            new AccessOptions { DenyFile = "list.txt" }, [new AddressFile("list.txt", FilePath, AccessList.DenyFile)], _log, mistakes);
        mistakes.ShouldBeEmpty();
        return table;
    }

    private string Error()
    {
        TestBuilder builder = new(folder: _folder.FullName);
        new AccessFactory().Create((object)new AccessOptions { DenyFile = "list.txt" }, builder).ShouldBeNull();
        return builder.Errors.ShouldHaveSingleItem();
    }
}
