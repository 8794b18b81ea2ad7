using System.Text.RegularExpressions;
using Weir.Architecture.Tests.Source;

namespace Weir.Architecture.Tests.Documents;

/// <summary>
/// Every message that a configuration can bring stands in a golden file, as a user reads it. A message is a sentence in the code that reads
/// configurations; a remedy is one, and no cause comes without a remedy.
/// </summary>
public sealed partial class MessageTests
{
    private static readonly string[] _folders =
    [
        "src/Weir.Abstractions/Templates", "src/Weir.Config/Binding", "src/Weir.Config/Checking", "src/Weir.Config/Shapes", "src/Weir.Config/Yaml",
        "src/Weir.Expressions", "src/Weir.Modules", "src/Weir.Pipeline/AccessLogging", "src/Weir.Pipeline/Plans",
    ];

    // Sentences for others than the writer of a configuration.
    private static readonly Regex _notForWriters =
        new(@"\bOption\(|Summary =>|Trace\?|Debug\.Assert|check\.Counter\(|Exception\(|_log\.|\.Note\(|\[Obsolete|new\(""[a-z_.?&]+"", TemplateValue", RegexOptions.None, TimeSpan.FromSeconds(1));

    private static readonly string[] _notForWritersFiles =
        ["AccessKeys.cs", "AuthOidcModule.cs", "AuthOidcModule.Login.cs", "CloakPage.cs", "ConcurrencyMetrics.cs", "FetchedDocument.cs", "FieldTable.cs", "FilterRule.cs", "FunctionTable.cs", "ListFetcher.cs", "MaintenancePage.cs", "Provider.cs", "ProviderSetup.cs", "PurgeMethod.cs", "Refusal.cs", "TemplateNames.cs", "TwoWayFilterModule.cs", "UrlKeys.cs", "Verifier.cs"];

    // Messages that no file of the repository can bring, each with the reason.
    private static readonly Dictionary<string, string> _withoutFile = new()
    {
        ["Remove it: there are no options here."] = "no map of this build is without options",
        ["Write digits, with a point where there is a fraction: 1.5."] = "no option of this build is a fraction",
        ["is not a status of an error"] = "the keys of error_pages are told apart by their form: another one is an unknown key",
        ["Write a status from 400 to 599."] = "as above",
        ["'\0' is neither a status from 400 to 599 nor 4xx or 5xx."] = "as above: for programs that make their options themselves",
        ["Write \"502\" or \"5xx\"."] = "as above",
        ["\0 is not a final status code."] = "the option's bounds come first: for programs that make their options themselves",
        ["Use 200 to 599."] = "as above",
        ["The text is larger than 4 MiB."] = "a file of that size is refused by who reads it: tests/Weir.Config.Tests/DiskFilesTests.cs",
        ["Make it smaller."] = "as above",
        ["\0 needs \0, which this machine lacks."] = "every machine of the tests has the libraries",
        ["Install it, or leave \0 out."] = "as above",
        ["More than \0 files are included."] = "a thousand files",
        ["Include fewer."] = "as above",
        ["\"\0\" has \0 octets; \0 is the limit."] = "a file of 128 MiB",
        ["\"\0\" has \0 octets, and it is kept in memory."] = "a file of 16 MiB",
        ["\"\0\" has more than \0 MiB."] = "as above",
        ["Serve it from an origin; 16MiB is the limit here."] = "as above",
        ["Compare the indentation with the examples."] = "what the YAML library has never been seen to do",
        ["The file ends in the middle of a value."] = "as above",
        ["Close what is open."] = "as above",
        ["There are \0 rules; \0 is the limit."] = "a thousand rules",
        ["Join some with ||, or use lists behind `in`."] = "as above",
        ["There are more than \0 tags since this process began."] = "a process that has read many configurations",
        ["More than \0 claims were asked for since this process began."] = "as above",
        ["Use fewer, or restart it."] = "as above",
        ["An answer above access goes to everyone."] = "for the reference page: of the pair, the hint of respond is told",
    };

    [Fact]
    public void Every_message_has_a_golden_file()
    {
        string golden = string.Join('\n', Repository.FilesUnder("tests", "*.expected").Select(Repository.Read));
        (string Place, string Text)[] messages = [.. Messages()];
        messages.Length.ShouldBeGreaterThan(200);

        messages.Where(message => !_withoutFile.ContainsKey(message.Text) && !IsIn(message.Text, golden))
            .Select(message => $"{message.Place}: {message.Text.Replace(StringLiterals.Hole.ToString(), "{}", StringComparison.Ordinal)}")
            .ShouldBeEmpty("Plant the mistake in tests/Weir.Config.Tests/Golden, or in tests/Weir.Cli.Tests/Messages where it needs the real modules.");
    }

    [Fact]
    public void What_has_no_golden_file_still_exists_and_has_none()
    {
        string golden = string.Join('\n', Repository.FilesUnder("tests", "*.expected").Select(Repository.Read));
        string[] messages = [.. Messages().Select(message => message.Text)];

        _withoutFile.Keys.Where(text => !messages.Contains(text) || IsIn(text, golden)).ShouldBeEmpty();
    }

    private static IEnumerable<(string Place, string Text)> Messages()
    {
        foreach (string file in _folders.SelectMany(folder => Repository.FilesUnder(folder, "*.cs")))
        {
            if (_notForWritersFiles.Any(name => file.EndsWith("/" + name, StringComparison.Ordinal)))
            {
                continue;
            }

            string source = Repository.Read(file);
            string[] lines = source.Split('\n');
            foreach ((int line, string text) in StringLiterals.In(source))
            {
                if (Sentence().IsMatch(text) && !_notForWriters.IsMatch(Beginning(lines, line - 1)))
                {
                    yield return ($"{file}:{line}", text);
                }
            }
        }
    }

    // A long text stands in the line after what it is given to.
    private static string Beginning(string[] lines, int line) =>
        line > 0 && lines[line - 1].TrimEnd() is var before
            && (before.EndsWith('(') || before.EndsWith("=>", StringComparison.Ordinal)) ? before + lines[line] : lines[line];

    private static bool IsIn(string message, string golden) =>
        Regex.IsMatch(golden, string.Join(".*?", message.Split(StringLiterals.Hole).Select(Regex.Escape)), RegexOptions.None, TimeSpan.FromSeconds(10));

    // A cause may be a sentence's second half: "x" is not a URL.
    [GeneratedRegex(@"^(?=.*[A-Za-z]{2})(?=.* )(.*[.?!]|(begins|ends|has|holds|is|lacks|may|names|uses) .*)$", RegexOptions.Singleline)]
    private static partial Regex Sentence();
}
