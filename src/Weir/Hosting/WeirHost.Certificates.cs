using Weir.Abstractions.Options;
using Weir.Certificates;
using Weir.Net.Tls;
using Weir.Telemetry.Events;

namespace Weir.Hosting;

/// <summary>Certificates: in force from the start, changed by a reload or by their files, with ticket keys that outlive both.</summary>
public sealed partial class WeirHost
{
    private static readonly TimeSpan _lookEvery = TimeSpan.FromSeconds(2);

    private readonly TlsSiteHolder _tls = new();
    private readonly CertificateWatch _watch = new();
    private readonly CancellationTokenSource _ending = new();
    private SiteCertificates? _certificates;
    private Task _watching = Task.CompletedTask;

    /// <summary>The certificates in force: where ACME will put its own.</summary>
    internal TlsSiteHolder Certificates => _tls;

    /// <summary>Looks whether certificate files have changed, and puts what they hold in force. True: it did.</summary>
    internal async Task<bool> LookAtCertificatesAsync()
    {
        await _reloading.WaitAsync();
        try
        {
            if (_isDraining || !_watch.HasSettledChange())
            {
                return false;
            }

            string files = string.Join(", ", _watch.Changed());
            List<ConfigError> errors = [];
            SiteCertificates read = SiteCertificates.Read(_config, errors, TimeProvider.System, _certificates);
            _watch.Know(read.Files);
            if (errors.Find(error => !error.IsWarning) is { } first)
            {
                _log.Write(OperatorEvents.CertificatesKept, first.ToString());
                return false;
            }

            if (TlsSites.TryBuild(read.Sites, _loops.Loops.Count, _tls.Tickets, out string problem, _tls.Current) is not { } sites)
            {
                _log.Write(OperatorEvents.CertificatesKept, problem);
                return false;
            }

            await PutInForceAsync(sites, read);
            _log.Write(OperatorEvents.CertificatesRenewed, files);
            return true;
        }
        finally
        {
            _reloading.Release();
        }
    }

    /// <summary>Reads and builds a configuration's certificates beside those in force; null where no listener speaks TLS, or after errors.</summary>
    private TlsSites? PrepareCertificates(NextConfig next, List<ConfigError> errors)
    {
        next.Certificates = SiteCertificates.Read(next.Config, errors, TimeProvider.System, _certificates);
        if (!next.Certificates.IsUsed || errors.Exists(error => !error.IsWarning))
        {
            return null;
        }

        TlsSites? sites = TlsSites.TryBuild(next.Certificates.Sites, _loops.Loops.Count, _tls.Tickets, out string problem, _tls.Current);
        if (sites is null)
        {
            errors.Add(new ConfigError(File ?? "", 0, 0, $"A certificate cannot be used: {problem}.", "Check the site's `tls`."));
        }

        return sites;
    }

    private async Task PutInForceAsync(TlsSites? sites, SiteCertificates read)
    {
        TlsSites? before = _tls.Swap(sites);
        _certificates = read;
        _watch.Know(read.Files);
        if (before is not null)
        {
            await _loops.RunOnEachAsync(loop => before.DisposeOn(loop, sites));
        }
    }

    private async Task WatchCertificatesAsync()
    {
        using PeriodicTimer timer = new(_lookEvery);
        long rotateAt = Environment.TickCount64 + (long)TlsTicketKeys.RotateEvery.TotalMilliseconds;
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token))
            {
                await LookAtCertificatesAsync();
                if (Environment.TickCount64 >= rotateAt)
                {
                    _tls.Tickets.Rotate();
                    rotateAt += (long)TlsTicketKeys.RotateEvery.TotalMilliseconds;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
