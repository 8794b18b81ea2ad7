using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Pipeline.Plans;
using Weir.Telemetry.Events;

namespace Weir.Pipeline.Tests.Plans;

/// <summary>Proves which modules a reload carries over, and which places in exchanges they have.</summary>
public sealed class ModuleCarryTests
{
    [Fact]
    public void Numbers_that_are_taken_are_left_out_and_no_others() =>
        Reserved(new SlotCounter([0, 2, 3]), 4).ShouldBe([1, 4, 5, 6]);

    [Fact]
    public void What_is_written_alike_in_the_same_stack_is_the_same_module_in_its_place()
    {
        Build before = new(null, ("site a", "x"), ("site a", "y"));
        Build after = new(before, ("site a", "new"), ("site a", "x"), ("site a", "y"));
        after.Modules[1].ShouldBeSameAs(before.Modules[0]);
        after.Modules[2].ShouldBeSameAs(before.Modules[1]);
        after.Modules.Select(module => module.Slot).ShouldBe([2, 0, 1]);
        after.Inventory.CountShared(before.Inventory).ShouldBe(2);
    }

    [Theory]
    [InlineData("site a", "other")]
    [InlineData("site b", "x")]
    public void Other_options_or_another_stack_make_another_module_in_a_place_of_its_own(string stack, string text)
    {
        Build before = new(null, ("site a", "x"));
        Build after = new(before, (stack, text));
        after.Modules[0].ShouldNotBeSameAs(before.Modules[0]);

        // An exchange that pinned the plan before may hold the old one's object there.
        after.Modules[0].Slot.ShouldBe(1);
        new Build(after, (stack, "again")).Modules[0].Slot.ShouldBe(0);
    }

    [Fact]
    public void What_is_written_twice_is_two_modules_each_carried_over_once()
    {
        Build before = new(null, ("site a", "x"), ("site a", "x"));
        Build after = new(before, ("site a", "x"), ("site a", "x"), ("site a", "x"));
        after.Modules.Take(2).ShouldBe(before.Modules);
        after.Modules.Distinct().Count().ShouldBe(3);
        after.Modules.Select(module => module.Slot).ShouldBe([0, 1, 2]);
    }

    [Fact]
    public void A_file_that_changed_makes_another_module()
    {
        using TempFile file = new("one");
        Build before = new(null, ("site a", file.Path));
        new Build(before, ("site a", file.Path)).Modules[0].ShouldBeSameAs(before.Modules[0]);
        File.WriteAllText(file.Path, "longer");
        new Build(before, ("site a", file.Path)).Modules[0].ShouldNotBeSameAs(before.Modules[0]);
    }

    [Fact]
    public void What_left_the_configuration_is_disposed_and_nothing_else()
    {
        Build before = new(null, ("site a", "stays"), ("site a", "goes"));
        Build after = new(before, ("site a", "stays"));
        before.Inventory.DisposeAllBut(after.Inventory);
        before.Modules.Select(module => module.IsDisposed).ShouldBe([false, true]);
    }

    [Fact]
    public void Warnings_of_a_module_that_is_carried_over_are_told_again()
    {
        Build before = new(null, ("site a", "doubtful"));
        new Build(before, ("site a", "doubtful")).Errors.ShouldBe(before.Errors);
        before.Errors.ShouldHaveSingleItem().IsWarning.ShouldBeTrue();
    }

    [Fact]
    public void A_memory_belongs_to_a_place_whatever_the_options()
    {
        Dictionary<(string, string, int), ModuleMemory> kept = [];
        Build before = new(null, kept, ("site a", "x"), ("site a", "y"), ("site b", "x"));
        before.Modules[1].Memory.Write("second");
        Build after = new(before, kept, ("site a", "x"), ("site a", "changed"), ("site b", "changed"));
        after.Modules[1].ShouldNotBeSameAs(before.Modules[1]);
        after.Modules.Select(module => module.Memory.Text).ShouldBe(["", "second", ""]);
    }

    private static IEnumerable<int> Reserved(SlotCounter slots, int count) => [.. Enumerable.Range(0, count).Select(_ => slots.Reserve())];

    private sealed record CarriedOptions
    {
        [Option("Anything; a path is a file it was made from.")]
        public string Text { get; init; } = "";
    }

    private sealed class CarriedModule : IModule, IDisposable
    {
        public required int Slot { get; init; }

        public required ModuleMemory Memory { get; init; }

        public bool IsDisposed { get; private set; }

        public void Dispose() => IsDisposed = true;
    }

    private sealed class CarriedFactory : ModuleFactory<CarriedOptions>
    {
        public override string Name => "carried";

        public override string Summary => "Can be told apart.";

        protected override IModule Create(CarriedOptions options, ModuleBuilder builder)
        {
            if (options.Text.StartsWith('/'))
            {
                builder.ResolvePath(options.Text);
            }

            if (options.Text == "doubtful")
            {
                builder.Warning("text", "It is doubtful.", "Write another.");
            }

            return new CarriedModule { Slot = builder.ReserveSlot(), Memory = builder.Memory };
        }
    }

    /// <summary>One configuration's modules, compiled behind those of another.</summary>
    private sealed class Build : IModuleCatalog, IModuleMemories
    {
        private readonly CarriedFactory _factory = new();
        private readonly Dictionary<(string, string, int), ModuleMemory> _kept;

        public Build(Build? before, params (string Stack, string Text)[] entries)
            : this(before, [], entries)
        {
        }

        public Build(Build? before, Dictionary<(string, string, int), ModuleMemory> kept, params (string Stack, string Text)[] entries)
        {
            _kept = kept;
            StackCompiler stacks = new(this, Errors, new UsedUpstreams(), before?.Inventory, WeirLog.Silent) { Memories = this };
            foreach ((string stack, string text) in entries)
            {
                StackEntry entry = new() { Name = "carried", Options = new CarriedOptions { Text = text }, Position = new Position("test.yaml", 1, 1) };
                Modules.Add((CarriedModule)stacks.Compile([entry], null, stack).Modules[0]);
            }

            Inventory = stacks.Modules;
        }

        public List<ConfigError> Errors { get; } = [];

        public List<CarriedModule> Modules { get; } = [];

        public ModuleInventory Inventory { get; }

        public IReadOnlyList<IModuleFactory> All => [_factory];

        public IModuleFactory? Find(string name) => name == _factory.Name ? _factory : null;

        public ModuleMemory Of(string stack, string module, int number) =>
            _kept.TryGetValue((stack, module, number), out ModuleMemory? memory) ? memory : _kept[(stack, module, number)] = new ModuleMemory();
    }

    private sealed class TempFile : IDisposable
    {
        public TempFile(string text) => File.WriteAllText(Path, text);

        public string Path { get; } = System.IO.Path.GetTempFileName();

        public void Dispose() => File.Delete(Path);
    }
}
