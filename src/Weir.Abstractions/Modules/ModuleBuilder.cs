using System.Security.Cryptography;

namespace Weir.Abstractions.Modules;

/// <summary>What a factory may use while the configuration is compiled. Never kept beyond <see cref="IModuleFactory.Create"/>.</summary>
public abstract class ModuleBuilder
{
    /// <summary>
    /// Reports a mistake in the options. <paramref name="option"/> is the path of the option within the module's map
    /// ("to", "set.X-Frame-Options"), or empty for the whole module; the message gets file, line and column from it.
    /// </summary>
    public abstract void Error(string option, string cause, string remedy);

    /// <summary>Reports a mistake within the text of an option, such as an expression.</summary>
    /// <param name="option">As in <see cref="Error"/>.</param>
    /// <param name="offset">Characters from the start of the option's text.</param>
    /// <param name="cause">What is wrong, as a sentence.</param>
    /// <param name="remedy">What to do, as a sentence.</param>
    public virtual void ErrorAt(string option, int offset, string cause, string remedy) => Error(option, cause, remedy);

    /// <summary>Reports something that works but is probably not meant.</summary>
    public abstract void Warning(string option, string cause, string remedy);

    /// <summary>
    /// Says that the module sends requests of its own to an upstream. False, after an error was reported, when there is none of that name.
    /// </summary>
    public virtual bool UseUpstream(string option, string upstream) => true;

    /// <summary>The settings of a cache store; null, after an error was reported, when there is none of that name.</summary>
    public virtual CacheSettings? FindCache(string option, string name) => new(name, 256L << 20, 1L << 30);

    /// <summary>
    /// An object that modules of the process have in common: the one that somebody else made under that key, else a new one. It lives, over
    /// reloads, as long as a module that asked for it; then it is disposed, if it can be, while exchanges may still use it.
    /// </summary>
    public virtual T Share<T>(string key, Func<T> make)
        where T : class => make();

    /// <summary>
    /// A counter of the module's own, by whose labels /metrics tells it apart: <see cref="Place"/> and what the configuration names. It
    /// goes on over reloads as long as a module asks for it.
    /// </summary>
    public ModuleCounter Counter(string metric, string help, params (string Label, string Value)[] labels)
    {
        (string Label, string Value)[] all = [("place", Place), .. labels];
        return Share($"counter {metric} {string.Join(' ', all)}", () => new ModuleCounter(metric, help, all));
    }

    /// <summary>
    /// A secret of 32 octets: the same for every module that asks for the name (letters and digits), after a restart and in all processes
    /// of one data directory. Where nothing will be served, as in a check, one that nobody else has.
    /// </summary>
    public virtual byte[] Secret(string name) => RandomNumberGenerator.GetBytes(32);

    /// <summary>Checks signatures of Ed25519; null: nothing here can. It may be kept beyond <see cref="IModuleFactory.Create"/>.</summary>
    public virtual IEd25519? Ed25519 => null;

    /// <summary>
    /// A gauge that reads an object which modules have in common (<see cref="Share"/>), as long as a module asks for it with that object.
    /// </summary>
    public void Gauge<T>(T source, Func<T, long> read, string metric, string help, params (string Label, string Value)[] labels)
        where T : class
    {
        (string Label, string Value)[] all = [("place", Place), .. labels];
        int identity = System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(source);
        Share($"gauge {metric} {string.Join(' ', all)} {identity}", () => new ModuleGauge(metric, help, all, () => read(source)));
    }

    /// <summary>The stack, as an operator knows it: "site a.test", "site a.test route /api/*"; empty where there is none.</summary>
    public virtual string Place => "";

    /// <summary>Reserves a place for an object of this module in every exchange (<see cref="Exchanges.Exchange.Slot"/>).</summary>
    public abstract int ReserveSlot();

    /// <summary>A file named in the options, relative to the configuration file's folder.</summary>
    public abstract string ResolvePath(string path);

    /// <summary>The pattern of the route the stack belongs to ("/old/*"), or null in a site's stack.</summary>
    public abstract string? RoutePath { get; }

    /// <summary>
    /// What tells the module's place from all others: its site, everything that decides whether its route matches, and which of several it
    /// is. The same after a restart, whatever the order of routes. Empty where that is not known.
    /// </summary>
    public virtual string Identity => "";

    /// <summary>
    /// The one rule for paths, for modules that make new ones. It may be kept beyond <see cref="IModuleFactory.Create"/>.
    /// </summary>
    public abstract IPathRules PathRules { get; }

    /// <summary>
    /// Where the module tells what happens to it while it serves. It may be kept beyond <see cref="IModuleFactory.Create"/>.
    /// </summary>
    public virtual ModuleLog Log => ModuleLog.Silent;

    /// <summary>
    /// What an earlier module of this name left at this place. It may be kept beyond <see cref="IModuleFactory.Create"/>, and is written
    /// only while the module serves: a configuration that is only checked changes nothing.
    /// </summary>
    public virtual ModuleMemory Memory { get; } = new();
}
