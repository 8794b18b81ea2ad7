using System.CommandLine;
using Weir.Admin.Api;
using Weir.Cli.Control;
using Weir.Control;

namespace Weir.Cli.Commands;

/// <summary>weir cache.</summary>
internal static class CacheCommand
{
    public static Command Create() => Make(
        "cache", """
            Shows the caches of a running Weir: what is in them, and how many requests they answer by route. Exit codes: 0 done, 1 refused, 2 no
            Weir answers.

            Example:  weir cache
                      weir cache misses
                      weir cache --json | jq '.caches[].hit_ratio'
            """,
        CacheTable.WriteCaches,
        Make("top", """
            Shows what is served most, of a sample of the hits.

            Example:  weir cache top
            """, CacheTable.WriteTop),
        Make("misses", """
            Shows why requests went on to origins and why responses were not stored, by route and reason.

            Example:  weir cache misses
            """, CacheTable.WriteMisses),
        Make("splits", """
            Shows query parameters that make keys differ while responses are the same: what `ignore_query` is for.

            Example:  weir cache splits
            """, CacheTable.WriteSplits),
        Make("purges", """
            Shows the last purges: who wanted what, and how much each touched. The log has them all, as cache_purged.

            Example:  weir cache purges
            """, CacheTable.WritePurges));

    private static Command Make(
        string name, string description, Action<IReadOnlyList<CacheReport>, TextWriter> write, params Command[] parts)
    {
        AdminOptions options = new();
        Command command = new(name, description);
        foreach (Command part in parts)
        {
            command.Subcommands.Add(part);
        }

        options.AddTo(command);
        command.SetAction(result => ShowAsync(result, options, write));
        return command;
    }

    private static async Task<int> ShowAsync(ParseResult result, AdminOptions options, Action<IReadOnlyList<CacheReport>, TextWriter> write)
    {
        using AdminLink? link = await options.ConnectAsync(result);
        if (link is null || await link.GetAsync("/api/v1/caches") is not { } reply)
        {
            return ExitCode.NoWeir;
        }

        if (!reply.IsDone || reply.Read(AdminJson.Default.CacheList) is not { } list)
        {
            return reply.Complain();
        }

        if (options.IsJson(result))
        {
            Console.Out.WriteLine(reply.Body);
        }
        else if (list.Caches.Count == 0)
        {
            Console.Out.WriteLine("No stack has a cache. Add `cache` to one.");
        }
        else
        {
            write(list.Caches, Console.Out);
        }

        return ExitCode.Done;
    }
}
