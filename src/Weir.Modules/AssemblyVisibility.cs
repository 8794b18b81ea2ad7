using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Weir.Modules.Tests")]
