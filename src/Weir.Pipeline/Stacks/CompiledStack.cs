using Weir.Abstractions.Modules;

namespace Weir.Pipeline.Stacks;

/// <summary>A stack as the runner uses it: one array a moment, made when the configuration loads. Immutable, shared by all loops.</summary>
public sealed class CompiledStack
{
    /// <summary>Compiles a list of modules in the user's order.</summary>
    public CompiledStack(IReadOnlyList<NamedModule> modules)
    {
        Count = modules.Count;
        Names = [.. modules.Select(module => module.Name)];
        Modules = [.. modules.Select(module => module.Module)];
        Requests = Steps<IRequestModule>(modules);
        Responses = [.. Steps<IResponseModule>(modules).Reverse()];
        Interims = [.. Steps<IInterimModule>(modules).Reverse()];
        Bodies = Steps<IBodyModule>(modules);
        Finishes = Steps<IFinishModule>(modules);
        Timed = Steps<ITimedModule>(modules);
    }

    /// <summary>A stack without modules.</summary>
    public static CompiledStack Empty { get; } = new([]);

    /// <summary>How many modules there are.</summary>
    public int Count { get; }

    /// <summary>The modules' names, in order.</summary>
    public IReadOnlyList<string> Names { get; }

    internal IReadOnlyList<IModule> Modules { get; }

    internal StackStep<IRequestModule>[] Requests { get; }

    /// <summary>In reverse order: answers go up.</summary>
    internal StackStep<IResponseModule>[] Responses { get; }

    /// <summary>In reverse order, as they go up too.</summary>
    internal StackStep<IInterimModule>[] Interims { get; }

    internal StackStep<IBodyModule>[] Bodies { get; }

    internal StackStep<IFinishModule>[] Finishes { get; }

    /// <summary>Those that act by the clock.</summary>
    internal StackStep<ITimedModule>[] Timed { get; }

    private static StackStep<TModule>[] Steps<TModule>(IReadOnlyList<NamedModule> modules)
        where TModule : class, IModule
    {
        List<StackStep<TModule>> steps = [];
        for (int i = 0; i < modules.Count; i++)
        {
            if (modules[i].Module is TModule module)
            {
                steps.Add(new StackStep<TModule>(module, i, modules[i].Name));
            }
        }

        return [.. steps];
    }
}
