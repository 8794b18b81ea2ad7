using System.Reflection;
using System.Runtime.CompilerServices;
using Weir.Hosting;

namespace Weir.Interop.Tests.Reloading;

/// <summary>Watches the plan in force without holding it.</summary>
internal static class PlanMemory
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static WeakReference RememberPlan(this WeirHost host) =>
        new(typeof(WeirHost).GetProperty("Plan", BindingFlags.Instance | BindingFlags.NonPublic)!.GetValue(host));
}
