using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Pipeline.Stacks;

namespace Weir.Pipeline.Fetching;

/// <summary>The position in each stack that a fetch stays below: that of the module that asks.</summary>
/// <param name="Site">In the site's stack.</param>
/// <param name="Route">In the route's stack.</param>
internal readonly record struct FetchFloor(int Site, int Route)
{
    /// <summary>The whole stack is passed.</summary>
    public const int All = -1;

    /// <summary>Nothing of the stack is passed.</summary>
    public const int Nothing = int.MaxValue;

    /// <summary>Runs the response modules between the answer and the floor.</summary>
    public async ValueTask UpAsync(Passage passage)
    {
        if (passage.Route is { } route)
        {
            await UpAsync(route.Stack, passage.Exchange, passage.RouteDepth, Route);
        }

        if (passage.Site is { } site)
        {
            await UpAsync(site.Stack, passage.Exchange, passage.SiteDepth, Site);
        }
    }

    /// <summary>Wraps the content into the filters of the same modules.</summary>
    public void OpenFilters(Passage passage)
    {
        if (passage.Route is { } route)
        {
            OpenFilters(route.Stack, passage.Exchange, passage.RouteDepth, Route);
        }

        if (passage.Site is { } site)
        {
            OpenFilters(site.Stack, passage.Exchange, passage.SiteDepth, Site);
        }
    }

    /// <summary>Tells the modules below that the fetch is over.</summary>
    public void Finish(Passage passage)
    {
        if (passage.Site is { } site)
        {
            Finish(site.Stack, passage.Exchange, Site);
        }

        if (passage.Route is { } route)
        {
            Finish(route.Stack, passage.Exchange, Route);
        }
    }

    private static async ValueTask UpAsync(CompiledStack stack, Exchange exchange, int above, int floor)
    {
        foreach (StackStep<IResponseModule> step in stack.Responses)
        {
            if (step.Position < above && step.Position > floor)
            {
                await step.Module.OnResponseAsync(exchange);
            }
        }
    }

    private static void OpenFilters(CompiledStack stack, Exchange exchange, int above, int floor)
    {
        for (int i = stack.Bodies.Length - 1; i >= 0; i--)
        {
            StackStep<IBodyModule> step = stack.Bodies[i];
            if (step.Position < above && step.Position > floor && step.Module.OpenResponseFilter(exchange) is { } filter)
            {
                exchange.Response.BodyLength = filter.LengthAfter(exchange.Response.BodyLength);
                exchange.ResponseBody = FilteredBody.Open(exchange, exchange.ResponseBody, filter, exchange.Response.BodyLength);
            }
        }
    }

    private static void Finish(CompiledStack stack, Exchange exchange, int floor)
    {
        foreach (StackStep<IFinishModule> step in stack.Finishes)
        {
            if (step.Position > floor)
            {
                step.Module.OnFinished(new ExchangeSummary(exchange));
            }
        }
    }
}
