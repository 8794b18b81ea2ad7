using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Weir.Pipeline.Tests")]
