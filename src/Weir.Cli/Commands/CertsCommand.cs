using System.CommandLine;
using Weir.Admin.Api;
using Weir.Cli.Control;
using Weir.Control;

namespace Weir.Cli.Commands;

/// <summary>weir certs.</summary>
internal static class CertsCommand
{
    private const int LookAgainMs = 250;

    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);

    public static Command Create()
    {
        AdminOptions options = new();
        Command command = new("certs", """
            Lists every certificate of a running Weir: whose it is, who signed it, until when it is good, when it is renewed, and what went
            wrong last. Exit codes: 0 done, 1 a renewal failed, 2 no Weir answers.

            Example:  weir certs
                      weir certs --json | jq '.certificates[] | select(.state != "good")'
                      weir certs renew example.com
                      weir certs revoke example.com --reason key_compromise
                      weir certs account-keys
            """) { Renew(), Revoke(), AccountKeys() };
        options.AddTo(command);
        command.SetAction(result => ListAsync(result, options));
        return command;
    }

    private static Command Renew()
    {
        AdminOptions options = new();
        Argument<string> name = new("NAME") { Description = "The name of the certificate, as `weir certs` shows it." };
        Command command = new("renew", """
            Gets a certificate anew now, whatever its time, and waits for it. Exit codes: 0 done, 1 it failed or there is none, 2 no Weir answers.

            Example:  weir certs renew example.com
            """) { name };
        options.AddTo(command);
        command.SetAction(result =>
        {
            RenewalWish wish = new(result.GetRequiredValue(name));
            return ReplaceAsync(
                result, wish.Name!, link => link.PostAsync("/api/v1/certificates/renew", wish, AdminJson.Default.RenewalWish), options);
        });
        return command;
    }

    private static Command Revoke()
    {
        AdminOptions options = new();
        Argument<string> name = new("NAME") { Description = "The name of the certificate, as `weir certs` shows it." };
        Option<string> reason = new("--reason")
        {
            Description = "Why, for the issuer.",
            DefaultValueFactory = _ => RevocationReasons.Name(RevocationReason.Unspecified),
        };
        reason.AcceptOnlyFromAmong([.. RevocationReasons.Names]);
        Option<bool> yes = new("--yes") { Description = "Do not ask: for programs." };
        Command command = new("revoke", """
            Has the issuer revoke a certificate, orders the next one and waits for it. It cannot be undone: clients that ask the issuer refuse
            the certificate from then on, also where it was copied to. Exit codes: 0 done, 1 not revoked or no next one, 2 no Weir answers.

            Example:  weir certs revoke example.com --reason key_compromise
            """) { name, reason, yes };
        options.AddTo(command);
        command.SetAction(async result =>
        {
            string which = result.GetRequiredValue(name);
            RevocationWish wish = new(which, result.GetRequiredValue(reason));
            return result.GetValue(yes) || Confirmation.Ask($"Revoke the certificate of {which}? It cannot be undone.")
                ? await ReplaceAsync(
                    result, which, link => link.PostAsync("/api/v1/certificates/revoke", wish, AdminJson.Default.RevocationWish), options)
                : ExitCode.Refused;
        });
        return command;
    }

    private static Command AccountKeys()
    {
        AdminOptions options = new();
        Command command = new("account-keys", """
            Gives Weir's account at each issuer a new key: after the data directory was seen by others. Certificates stay as they are.
            Exit codes: 0 done, 1 an issuer refused, 2 no Weir answers.

            Example:  weir certs account-keys
            """);
        options.AddTo(command);
        command.SetAction(result => ChangeKeysAsync(result, options));
        return command;
    }

    private static async Task<int> ChangeKeysAsync(ParseResult result, AdminOptions options)
    {
        using AdminLink? link = await options.ConnectAsync(result);
        if (link is null || await link.PostAsync("/api/v1/certificates/account-keys") is not { } reply)
        {
            return ExitCode.NoWeir;
        }

        if (!reply.IsDone || reply.Read(AdminJson.Default.AccountKeysAnswer) is not { } answer)
        {
            return reply.Complain();
        }

        bool isDone = answer.Issuers.All(one => one.Problem is null);
        Console.Out.WriteLine(options.IsJson(result) ? reply.Body
            : answer.Issuers.Count == 0 ? "Weir has no account at any issuer."
            : string.Join('\n', answer.Issuers.Select(one => $"{one.Issuer}: {one.Problem ?? "the account has a new key"}")));
        return isDone ? ExitCode.Done : ExitCode.Refused;
    }

    private static async Task<int> ListAsync(ParseResult result, AdminOptions options)
    {
        using AdminLink? link = await options.ConnectAsync(result);
        if (link is null || await link.GetAsync("/api/v1/certificates") is not { } reply)
        {
            return ExitCode.NoWeir;
        }

        if (!reply.IsDone || reply.Read(AdminJson.Default.CertificateEntries) is not { } list)
        {
            return reply.Complain();
        }

        if (options.IsJson(result))
        {
            Console.Out.WriteLine(reply.Body);
        }
        else
        {
            CertificateTable.Write(list.Certificates, Console.Out);
        }

        return ExitCode.Done;
    }

    /// <summary>Asks for something that brings another certificate, and waits for it.</summary>
    private static async Task<int> ReplaceAsync(
        ParseResult result, string name, Func<AdminLink, Task<AdminReply?>> ask, AdminOptions options)
    {
        using AdminLink? link = await options.ConnectAsync(result);
        if (link is null || await FindAsync(link, name) is not { } found)
        {
            return ExitCode.NoWeir;
        }

        if (await ask(link) is not { } reply)
        {
            return ExitCode.NoWeir;
        }

        if (!reply.IsDone)
        {
            return reply.Complain();
        }

        CertificateStatus? before = found.FirstOrDefault();
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(LookAgainMs));
        DateTimeOffset end = TimeProvider.System.GetUtcNow() + _patience;
        while (TimeProvider.System.GetUtcNow() < end && await timer.WaitForNextTickAsync())
        {
            if (await FindAsync(link, name) is not { } now)
            {
                return ExitCode.NoWeir;
            }

            CertificateStatus? status = now.FirstOrDefault();
            if (status?.Fingerprint is not null && status.Fingerprint != before?.Fingerprint)
            {
                return Tell(options.IsJson(result)
                    ? reply.Body
                    : $"{status.Name} has a new certificate of {status.Issuer}, good until {status.Expires:yyyy-MM-dd HH:mm} UTC.");
            }

            if (status is null || (status.LastTry != before?.LastTry && status.Failures > 0))
            {
                Console.Error.WriteLine($"weir: {name} got no certificate: {status?.LastError ?? "it is not kept any more"}");
                return ExitCode.Refused;
            }
        }

        Console.Error.WriteLine($"weir: {name} is still being renewed. `weir certs` shows how it ends.");
        return ExitCode.NotYet;
    }

    private static int Tell(string text)
    {
        Console.Out.WriteLine(text);
        return ExitCode.Done;
    }

    /// <summary>The certificate of a name, or nothing; null: nobody answers.</summary>
    private static async Task<CertificateStatus[]?> FindAsync(AdminLink link, string name) =>
        await link.GetAsync("/api/v1/certificates") is { } reply
            ? [.. (reply.Read(AdminJson.Default.CertificateEntries)?.Certificates ?? [])
                .Where(one => one.Source != "file" && one.Name.Equals(name, StringComparison.OrdinalIgnoreCase))]
            : null;
}
