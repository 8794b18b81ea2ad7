using Weir.Abstractions.Modules;
using Weir.Admin.Tests.Serving;
using Weir.Control;
using Weir.Telemetry.Events;

namespace Weir.Admin.Tests.Control;

public sealed class SavedModulesTests
{
    [Fact]
    public void What_a_module_wrote_is_known_to_the_next_one_at_its_place_and_to_the_next_process()
    {
        using TemporaryFolder folder = new();
        string file = folder.Path("data/modules.json");
        SavedModules first = new(file, WeirLog.Silent);
        first.Load();
        ModuleMemory memory = first.Of("site a", "maintenance", 1);
        memory.Text.ShouldBe("");
        memory.Write("closed");
        first.Of("site a", "maintenance", 1).ShouldBeSameAs(memory);
        first.Of("site a", "maintenance", 2).Text.ShouldBe("");
        Settle(first, file);
        File.GetUnixFileMode(file).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);

        SavedModules second = new(file, WeirLog.Silent);
        second.Load();
        second.Of("site b", "maintenance", 1).Text.ShouldBe("");
        second.Of("site b", "maintenance", 1).Write("open 5");
        Settle(second, file);

        // What nobody asked for in between is kept.
        SavedModules third = new(file, WeirLog.Silent);
        third.Load();
        third.Of("site a", "maintenance", 1).Text.ShouldBe("closed");
        third.Of("site b", "maintenance", 1).Text.ShouldBe("open 5");
        Directory.GetFiles(folder.Path("data")).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("{")]
    [InlineData("null")]
    [InlineData("""{"version":2,"modules":[]}""")]
    [InlineData("""{"version":1,"modules":[{"stack":"a"}]}""")]
    public void A_damaged_file_is_an_event_and_is_kept_aside(string content)
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("modules.json", content);
        SeenEvents events = new();
        SavedModules modules = new(file, new WeirLog(events));
        modules.Load();
        events.Names.ShouldBe(["saved_state_damaged"]);
        File.ReadAllText(file + ".damaged").ShouldBe(content);
        modules.Of("a", "b", 1).Text.ShouldBe("");
    }

    [Fact]
    public void A_text_that_is_too_long_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => new ModuleMemory().Write(new string('x', ModuleMemory.MaxLength + 1)));

    // The pool may be writing, or about to; afterwards nothing is.
    private static void Settle(SavedModules modules, string file)
    {
        modules.Flush();
        SpinWait.SpinUntil(() => File.Exists(file) && modules.IsSettled, TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }
}
