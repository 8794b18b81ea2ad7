using Weir.Abstractions.Options;
using Weir.Certificates;
using Weir.Config.Model;
using Weir.Machine;
using Weir.Net.Tls;
using Weir.Stapling;
using Weir.Telemetry.Events;

namespace Weir.Hosting;

/// <summary>
/// Certificates: in force from the start, changed by a reload or by their files, with OCSP responses, and with ticket keys that outlive
/// both.
/// </summary>
public sealed partial class WeirHost
{
    private static readonly TimeSpan _lookEvery = TimeSpan.FromSeconds(2);

    private readonly TlsSiteHolder _tls = new();
    private readonly CertificateWatch _watch = new();
    private readonly CertificateWatch _ticketWatch = new();
    private readonly HttpResponder _responder = new();
    private readonly StapleKeeper _staples;
    private readonly CancellationTokenSource _ending = new();
    private volatile SiteCertificates? _certificates;
    private Task _watching = Task.CompletedTask;
    private Task _stapling = Task.CompletedTask;

    /// <summary>Their OCSP responses.</summary>
    internal StapleKeeper Staples => _staples;

    /// <summary>The certificates that were read from files; empty while no listener speaks TLS.</summary>
    internal IReadOnlyList<FileCertificate> FileCertificates => _certificates?.Listed ?? [];

    /// <summary>Looks whether certificate files have changed, and puts what they hold in force. True: it did.</summary>
    internal async Task<bool> LookAtCertificatesAsync()
    {
        await _reloading.WaitAsync();
        try
        {
            if (_isDraining)
            {
                return false;
            }

            LookAtTicketKeys();
            _upstreams.TlsFiles.Look(_log);
            return _watch.HasSettledChange() && await RenewCertificatesAsync();
        }
        finally
        {
            _reloading.Release();
        }
    }

    private async Task<bool> RenewCertificatesAsync()
    {
        string files = string.Join(", ", _watch.Changed());
        List<ConfigError> errors = [];
        SiteCertificates read = SiteCertificates.Read(_config, errors, TimeProvider.System, _certificates);
        _watch.Know(read.Files);
        if (errors.Find(error => !error.IsWarning) is { } first)
        {
            _log.Write(OperatorEvents.CertificatesKept, first.ToString());
            return false;
        }

        IReadOnlyList<TlsServerOptions> options = read.Sites(_keeper);
        if (TlsSites.TryBuild(options, _loops.Loops.Count, _tls.Tickets, out string problem, _tls.Current) is not { } sites)
        {
            _log.Write(OperatorEvents.CertificatesKept, problem);
            return false;
        }

        await PutInForceAsync(sites, options, read);
        _log.Write(OperatorEvents.CertificatesRenewed, files);
        return true;
    }

    /// <summary>
    /// Reads and builds a configuration's certificates beside those in force; null where no listener speaks TLS, or after errors.
    /// </summary>
    private TlsSites? PrepareCertificates(NextConfig next, List<ConfigError> errors)
    {
        next.Certificates = SiteCertificates.Read(next.Config, errors, TimeProvider.System, _certificates);
        next.TicketKeys = TicketKeyFile.Read(next.Config.Process, errors);
        if (!next.Certificates.IsUsed || errors.Exists(error => !error.IsWarning))
        {
            return null;
        }

        next.TlsOptions = next.Certificates.Sites(_keeper);
        TlsSites? sites = TlsSites.TryBuild(next.TlsOptions, _loops.Loops.Count, _tls.Tickets, out string problem, _tls.Current);
        if (sites is null)
        {
            errors.Add(new ConfigError(File ?? "", 0, 0, $"A certificate cannot be used: {problem}.", "Check the site's `tls`."));
        }

        return sites;
    }

    private async Task PutInForceAsync(TlsSites? sites, IReadOnlyList<TlsServerOptions> options, SiteCertificates read)
    {
        _certificates = read;
        _onDemand.Use(options, _config.Acme?.OnDemand);
        TlsSites? before = _tls.Swap(sites);
        _keeper.NoteInForce(options.SelectMany(site => site.Certificates));
        _watch.Know(read.Files);
        _staples.Follow([.. sites?.StapledCertificates ?? [], .. _onDemand.StapledCertificates]);
        if (before is not null)
        {
            await _loops.RunOnEachAsync(loop => before.DisposeOn(loop, sites));
        }
    }

    private void UseTicketKeys(TicketKeyFile? keys)
    {
        _ticketWatch.Know(keys is null ? [] : [keys.File]);
        if (keys is null)
        {
            _tls.Tickets.UseOwn();
            return;
        }

        _tls.Tickets.Import(keys.Octets);
    }

    private void LookAtTicketKeys()
    {
        if (!_ticketWatch.HasSettledChange())
        {
            return;
        }

        string file = string.Join(", ", _ticketWatch.Changed());
        List<ConfigError> errors = [];
        if (TicketKeyFile.Read(_config.Process, errors) is { } keys)
        {
            UseTicketKeys(keys);
            _log.Write(OperatorEvents.TicketKeysRenewed, file, keys.Octets.Length / TlsTicketKeys.KeyOctets);
            return;
        }

        _ticketWatch.KnowAsSeen();
        _log.Write(OperatorEvents.TicketKeysKept, errors[0].ToString());
    }

    private StapleKeeper NewStapleKeeper(ProcessConfig process) => new(_responder, new StapleFiles(DataFolder.PathOf(process)), _log);

    private async Task WatchCertificatesAsync()
    {
        using PeriodicTimer timer = new(_lookEvery);
        try
        {
            while (await timer.WaitForNextTickAsync(_ending.Token))
            {
                await LookAtCertificatesAsync();
                _tls.Tickets.RotateWhenDue();
            }
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }

    private async Task StapleAsync()
    {
        using PeriodicTimer timer = new(_lookEvery);
        try
        {
            do
            {
                await _staples.LookAsync(_ending.Token);
            }
            while (await timer.WaitForNextTickAsync(_ending.Token));
        }
        catch (OperationCanceledException)
        {
            // The end.
        }
    }
}
