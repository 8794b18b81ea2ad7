using System.Text.RegularExpressions;

namespace Weir.Architecture.Tests.Source;

/// <summary>
/// Each connection has one root task that its loop observes. A task that nobody observes hides its exception, and an
/// <c>async void</c> throws it where nothing can catch it.
/// </summary>
public sealed partial class AsyncTests
{
    private static IEnumerable<string> DataPlaneSources =>
        Repository.Sources.Where(file => Repository.IsDataPlane(Repository.ProjectOf(file)));

    [Fact]
    public void No_method_is_async_void() => Breaches(Repository.Sources, AsyncVoid()).ShouldBeEmpty();

    [Fact]
    public void No_task_is_discarded_unless_the_line_says_who_observes_it() =>
        Breaches(DataPlaneSources, DiscardedTask()).Where(breach => !breach.Contains("// Observed by ", StringComparison.Ordinal)).ShouldBeEmpty();

    [Fact]
    public void Data_plane_code_does_not_configure_awaits() => Breaches(DataPlaneSources, ConfiguredAwait()).ShouldBeEmpty();

    [Theory]
    [InlineData("public async void Run()", true)]
    [InlineData("private static async void Run(int a) => await x;", true)]
    [InlineData("public async ValueTask RunAsync()", false)]
    public void The_check_sees_async_void(string code, bool isSeen) => AsyncVoid().IsMatch(code).ShouldBe(isSeen);

    [Theory]
    [InlineData("_ = RunAsync();", true)]
    [InlineData("_ = exchange.FetchAsync(x).AsTask();", true)]
    [InlineData("_ = Libc.close(fd);", false)]
    [InlineData("int read = await RunAsync();", false)]
    public void The_check_sees_discarded_tasks(string code, bool isSeen) => DiscardedTask().IsMatch(code).ShouldBe(isSeen);

    private static IEnumerable<string> Breaches(IEnumerable<string> files, Regex pattern) =>
        from file in files
        from line in Repository.CodeLines(file)
        where pattern.IsMatch(line.Code)
        select $"{file}:{line.Number} {line.Line.Trim()}";

    [GeneratedRegex(@"\basync\s+void\b")]
    private static partial Regex AsyncVoid();

    [GeneratedRegex(@"\b_ = .*\w+Async\(")]
    private static partial Regex DiscardedTask();

    [GeneratedRegex(@"\.ConfigureAwait\(")]
    private static partial Regex ConfiguredAwait();
}
