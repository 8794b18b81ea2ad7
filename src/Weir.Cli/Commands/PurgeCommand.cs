using System.CommandLine;
using System.Globalization;
using Weir.Admin.Api;
using Weir.Cli.Control;
using Weir.Control;

namespace Weir.Cli.Commands;

/// <summary>weir purge.</summary>
internal static class PurgeCommand
{
    public static Command Create()
    {
        AdminOptions options = new();
        PurgeOptions wishes = new();
        Command command = new("purge", """
            Removes stored responses from the caches of a running Weir, or makes them stale. It returns once the purge is in force, however
            much it touches; where a cache has a tier on disk, it is on disk then too. Exit codes: 0 done, 1 refused, 2 no Weir answers.

            Example:  weir purge https://example.com/news
                      weir purge --tag product-17 --soft
                      weir purge --prefix example.com/blog/ --dry-run
                      weir purge --where 'status >= 400 and age > 1h'
            """);
        wishes.AddTo(command);
        options.AddTo(command);
        command.SetAction(result => PurgeAsync(result, wishes, options));
        return command;
    }

    private static async Task<int> PurgeAsync(ParseResult result, PurgeOptions wishes, AdminOptions options)
    {
        using AdminLink? link = await options.ConnectAsync(result);
        if (link is null
            || await link.PostAsync("/api/v1/caches/purge", wishes.Read(result), AdminJson.Default.PurgeOrder) is not { } reply)
        {
            return ExitCode.NoWeir;
        }

        if (!reply.IsDone || reply.Read(AdminJson.Default.PurgeAnswer) is not { } answer)
        {
            return reply.Complain();
        }

        if (options.IsJson(result))
        {
            Console.Out.WriteLine(reply.Body);
            return ExitCode.Done;
        }

        foreach (PurgedCache cache in answer.Caches)
        {
            Console.Out.WriteLine(Sentence(cache, wishes.IsSoft(result)));
        }

        return ExitCode.Done;
    }

    private static string Sentence(PurgedCache cache, bool isSoft)
    {
        if (cache.Objects is { } objects)
        {
            string responses = objects == 1 ? "1 stored response" : $"{objects.ToString(CultureInfo.InvariantCulture)} stored responses";
            return $"{cache.Cache}: would touch {responses}, {CacheTable.Size(cache.Bytes ?? 0)}.";
        }

        string done = isSoft ? "made stale" : "purged";
        return $"{cache.Cache}: {done}, in force as number {cache.Number}{(cache.Durable ? ", on disk" : "")}. `weir cache purges` says how much it touched.";
    }
}
