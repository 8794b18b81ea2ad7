using Microsoft.Extensions.Hosting;

namespace Weir.Admin.Serving;

/// <summary>Signals are the program's own business: the admin starts and ends when it is told to.</summary>
internal sealed class NoLifetime : IHostLifetime
{
    public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
