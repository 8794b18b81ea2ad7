using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Weir.Tests")]
