using System.Runtime.ExceptionServices;

namespace Weir.Modules.Tests.Testing;

/// <summary>Counts the exceptions of a step on this thread, also those that are caught.</summary>
internal static class Thrown
{
    public static int By(Action step)
    {
        int thread = Environment.CurrentManagedThreadId;
        int count = 0;
        void Count(object? sender, FirstChanceExceptionEventArgs thrown)
        {
            if (Environment.CurrentManagedThreadId == thread)
            {
                count++;
            }
        }

        AppDomain.CurrentDomain.FirstChanceException += Count;
        try
        {
            step();
        }
        finally
        {
            AppDomain.CurrentDomain.FirstChanceException -= Count;
        }

        return count;
    }
}
