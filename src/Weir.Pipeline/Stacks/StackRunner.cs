// Hot: runs the modules of every exchange; no async frame while modules complete synchronously.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Pipeline.Stacks;

/// <summary>Runs a stack's arrays.</summary>
internal static class StackRunner
{
    /// <summary>Runs the request modules from one step on. The position of who answered is left in the passage.</summary>
    public static ValueTask<Verdict> DownAsync(CompiledStack stack, Passage passage, bool isRouteStack, int fromStep = 0)
    {
        StackStep<IRequestModule>[] steps = stack.Requests;
        for (int i = fromStep; i < steps.Length; i++)
        {
            passage.EnterModule(isRouteStack, steps[i].Position, steps[i].Name);
            ModuleWatch? watch = ModuleWatch.OfRequest(passage.Exchange, steps[i].Name);
            ValueTask<Verdict> task = steps[i].Module.OnRequestAsync(passage.Exchange);
            if (!task.IsCompletedSuccessfully)
            {
                return DownSlowAsync(stack, passage, isRouteStack, i, task, watch);
            }

            watch?.End();
            Verdict verdict = task.Result;
            if (verdict != Verdict.Continue)
            {
                passage.Stop(verdict);
                return new(verdict);
            }
        }

        passage.LeaveStack(isRouteStack, stack.Count);
        return new(Verdict.Continue);
    }

    /// <summary>Runs the response modules that stand above a position.</summary>
    public static ValueTask UpAsync(CompiledStack stack, Exchange exchange, int above, int fromStep = 0)
    {
        StackStep<IResponseModule>[] steps = stack.Responses;
        for (int i = fromStep; i < steps.Length; i++)
        {
            if (steps[i].Position >= above)
            {
                continue;
            }

            exchange.Loop.NoteModule(steps[i].Name);
            ModuleWatch? watch = ModuleWatch.OfResponse(exchange, steps[i].Name);
            ValueTask task = steps[i].Module.OnResponseAsync(exchange);
            if (!task.IsCompletedSuccessfully)
            {
                return UpSlowAsync(stack, exchange, above, i, task, watch);
            }

            task.GetAwaiter().GetResult();
            watch?.End();
        }

        return default;
    }

    /// <summary>
    /// Shows an interim response to the modules that look at such. Also that of a fetch, which goes to the client past the modules
    /// above: all see it.
    /// </summary>
    public static void PassInterim(CompiledStack stack, Exchange exchange)
    {
        foreach (StackStep<IInterimModule> step in stack.Interims)
        {
            exchange.Loop.NoteModule(step.Name);
            step.Module.OnInterim(exchange, exchange.Response);
        }
    }

    /// <summary>Wraps the response's content into the filters of the modules above a position, lowest first.</summary>
    public static void OpenResponseFilters(CompiledStack stack, Exchange exchange, int above)
    {
        StackStep<IBodyModule>[] steps = stack.Bodies;
        for (int i = steps.Length - 1; i >= 0; i--)
        {
            if (steps[i].Position < above && steps[i].Module.OpenResponseFilter(exchange) is { } filter)
            {
                exchange.Response.BodyLength = filter.LengthAfter(exchange.Response.BodyLength);
                exchange.ResponseBody = FilteredBody.Open(exchange, exchange.ResponseBody, filter, exchange.Response.BodyLength);
            }
        }
    }

    /// <summary>Wraps the request's content into the filters of all modules, highest first.</summary>
    public static void OpenRequestFilters(CompiledStack stack, Exchange exchange)
    {
        foreach (StackStep<IBodyModule> step in stack.Bodies)
        {
            if (step.Module.OpenRequestFilter(exchange) is { } filter)
            {
                exchange.Request.BodyLength = filter.LengthAfter(exchange.Request.BodyLength);
                exchange.RequestBody = FilteredBody.Open(exchange, exchange.RequestBody, filter, exchange.Request.BodyLength);
            }
        }
    }

    /// <summary>Tells the modules that the exchange is over.</summary>
    public static void Finish(CompiledStack stack, Exchange exchange)
    {
        StackStep<IFinishModule>[] steps = stack.Finishes;
        for (int i = 0; i < steps.Length; i++)
        {
            exchange.Loop.NoteModule(steps[i].Name);
            steps[i].Module.OnFinished(new ExchangeSummary(exchange));
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<Verdict> DownSlowAsync(
        CompiledStack stack, Passage passage, bool isRouteStack, int step, ValueTask<Verdict> task, ModuleWatch? watch)
    {
        Verdict verdict = await task;
        passage.Exchange.Loop.NoteModule(stack.Requests[step].Name);
        watch?.End();
        if (verdict == Verdict.Continue)
        {
            return await DownAsync(stack, passage, isRouteStack, step + 1);
        }

        passage.Stop(verdict);
        return verdict;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private static async ValueTask UpSlowAsync(
        CompiledStack stack, Exchange exchange, int above, int step, ValueTask task, ModuleWatch? watch)
    {
        await task;
        exchange.Loop.NoteModule(stack.Responses[step].Name);
        watch?.End();
        await UpAsync(stack, exchange, above, step + 1);
    }
}
