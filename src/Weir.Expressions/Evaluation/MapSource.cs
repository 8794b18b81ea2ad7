namespace Weir.Expressions.Evaluation;

/// <summary>What has entries by names.</summary>
internal enum MapSource : byte
{
    RequestHeaders,
    ResponseHeaders,
    Cookies,
    Params,
    Tags,
    Claims,
}
