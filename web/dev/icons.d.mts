export declare const NAMES: Record<string, string>;
export declare function drawSprite(): string;
