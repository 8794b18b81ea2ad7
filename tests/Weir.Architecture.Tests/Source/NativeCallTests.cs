using System.Text.RegularExpressions;

namespace Weir.Architecture.Tests.Source;

/// <summary>
/// A thread inside a call that suppresses the GC transition holds up a collection of the whole process, so only calls that never
/// wait may have the attribute.
/// </summary>
public sealed partial class NativeCallTests
{
    // epoll_poll is epoll_wait with a timeout of zero under a name of its own.
    private static readonly string[] _allowed = ["recv", "send", "readv", "writev", "epoll_poll"];

    [Fact]
    public void Only_calls_that_never_wait_suppress_the_gc_transition() =>
        SuppressedCalls().Select(call => call.Name).Except(_allowed, StringComparer.Ordinal).ShouldBeEmpty();

    [Fact]
    public void Calls_that_suppress_the_gc_transition_stand_in_net()
    {
        (string File, string Name)[] calls = [.. SuppressedCalls()];
        calls.ShouldNotBeEmpty();
        calls.Where(call => Repository.ProjectOf(call.File) != "Weir.Net").ShouldBeEmpty();
    }

    [Fact]
    public void The_poll_that_suppresses_the_gc_transition_is_only_called_with_a_timeout_of_zero()
    {
        string[] calls = [.. Repository.Sources.SelectMany(Repository.CodeLines)
            .Select(line => line.Code)
            .Where(code => code.Contains("epoll_poll(", StringComparison.Ordinal) && !code.Contains("extern", StringComparison.Ordinal))];

        calls.ShouldNotBeEmpty();
        calls.Where(code => !ZeroTimeout().IsMatch(code)).ShouldBeEmpty();
    }

    private static IEnumerable<(string File, string Name)> SuppressedCalls()
    {
        foreach (string file in Repository.Sources)
        {
            string code = string.Join('\n', Repository.CodeLines(file).Select(line => line.Code));
            foreach (Match match in SuppressedDeclaration().Matches(code))
            {
                yield return (file, match.Groups[1].Value);
            }
        }
    }

    // From the attribute to the name in front of the declaration's parameter list, over any other attribute.
    [GeneratedRegex(@"SuppressGCTransition(?:Attribute)?[^;]*?\b(\w+)\(([^()]*)\)\s*;")]
    private static partial Regex SuppressedDeclaration();

    [GeneratedRegex(@"epoll_poll\([^()]*,\s*(zeroTimeout:\s*)?0\)")]
    private static partial Regex ZeroTimeout();
}
