using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Admin.Tests.Serving;

/// <summary>A module that holds its loop up until it is freed.</summary>
internal sealed class StuckFactory : ModuleFactory<StuckFactory.Options>, IDisposable
{
    private readonly ManualResetEventSlim _free = new();
    private readonly TaskCompletionSource _isStuck = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override string Name => "stuck";

    public override string Summary => "Stands still.";

    /// <summary>Completes once a request has come.</summary>
    public Task IsStuck => _isStuck.Task;

    public void Free() => _free.Set();

    public void Dispose()
    {
        _free.Set();
        _free.Dispose();
    }

    protected override bool AnswersAlways(Options options) => true;

    protected override IModule Create(Options options, ModuleBuilder builder) => new Module(this);

    internal sealed record Options;

    private sealed class Module(StuckFactory factory) : IRequestModule
    {
        public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
        {
            factory._isStuck.TrySetResult();
            factory._free.Wait();
            exchange.Answer(204);
            return new(Verdict.Answered);
        }
    }
}
